import { describe, expect, it } from 'vitest';
import { comparePbrVersions, readPbrVersion } from './pbr-version.ts';

describe('a tag as pbr reads it', () => {
  // Each expectation was printed by pbr 7.1.3.
  it.each([
    ['32.2.1', { release: [32, 2, 1], dev: 0 }],
    ['v25.09.4', { release: [25, 9, 4], dev: 0 }],
    ['1.0', { release: [1, 0, 0], dev: 0 }],
    ['32.0.0.0rc1', { release: [32, 0, 0], pre: { type: 'rc', number: 1 }, dev: 0 }],
    ['12.0.0a0', { release: [12, 0, 0], pre: { type: 'a', number: 0 }, dev: 0 }],
    ['2013.1.rc1', { release: [2013, 1, 0], pre: { type: 'rc', number: 1 }, dev: 0 }],
    ['1.3b2', { release: [1, 3, 0], pre: { type: 'b', number: 2 }, dev: 0 }],
    ['1.2.3-rc1', { release: [1, 2, 3], pre: { type: 'rc', number: 1 }, dev: 0 }],
    ['2.6.0.1', { release: [2, 6, 0], dev: 1 }],
    ['1.2.dev4', { release: [1, 2, 0], dev: 4 }],
    ['1.2.3.post4', { release: [1, 2, 4], dev: 4 }],
    ['1.2.3.0b1.post2', { release: [1, 2, 3], pre: { type: 'b', number: 2 }, dev: 2 }],
  ])('reads %s', (tag, version) => {
    expect(readPbrVersion(tag)).toEqual(version);
  });

  it.each(['2024.2-eol', '2025.1-eom', 'zed-em', 'essex-rc4', '', 'v', '1.2.3.0', '1..2', '1.2.x'])(
    'sees no version in %j',
    (tag) => {
      expect(readPbrVersion(tag)).toBeUndefined();
    },
  );

  it('is ordered as pbr orders it', () => {
    const inOrder = ['1.0.0.dev3', '1.0.0.0a1', '1.0.0.0b1', '1.0.0.0rc1', '1.0.0.0rc2', '1.0.0'];
    const versions = inOrder.map((tag) => readPbrVersion(tag)!);
    expect([...versions].reverse().sort(comparePbrVersions)).toEqual(versions);
    expect(comparePbrVersions(versions[0]!, versions[0]!)).toBe(0);
  });
});
