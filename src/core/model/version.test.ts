import { describe, expect, it } from 'vitest';
import { compareVersions, newestVersion, parseVersion } from './version.ts';

describe('a version', () => {
  it('knows that four numbers can be a pre-release', () => {
    expect(parseVersion('32.0.0.0rc1')).toMatchObject({ prerelease: true });
  });

  it.each(['2025.2-eol', 'essex-rc4', 'zed-em', '2013.1.g3', '', 'v'])('is not %j', (text) => {
    expect(parseVersion(text)).toBeUndefined();
  });

  it('loses a leading v, and keeps leading zeros as upstream spells them', () => {
    expect(parseVersion('v25.09.4')?.text).toBe('25.09.4');
  });

  it('is newer as a final than as its release candidate', () => {
    const [rc, final] = [parseVersion('32.0.0.0rc1')!, parseVersion('32.0.0')!];
    expect(compareVersions(rc, final)).toBeLessThan(0);
    expect(newestVersion([final, rc])).toBe(final);
    expect(newestVersion([])).toBeUndefined();
  });
});
