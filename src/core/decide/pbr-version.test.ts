import { describe, expect, it } from 'vitest';
import { versionOfCommit } from './pbr-version.ts';

describe('the version of a commit', () => {
  it.each([
    ['on a tag', '28.0.2', 0, 'bugfix', '28.0.2'],
    ['on a release candidate', '29.0.0.0rc1', 0, 'bugfix', '29.0.0.0rc1'],
    ['after a release', '27.0.3', 13, 'bugfix', '27.0.4.dev13'],
    ['after a beta', '29.0.0.0b1', 97, 'bugfix', '29.0.0.0b2.dev97'],
    ['after a release, with a feature', '28.0.1', 2, 'feature', '28.1.0.dev2'],
    ['after a release candidate, with a feature', '29.0.0.0rc1', 58, 'feature', '29.1.0.dev58'],
    ['after a release, with a break', '28.0.1', 2, 'api-break', '29.0.0.dev2'],
    ['on a short tag', '1.0', 0, 'bugfix', '1.0.0'],
    ['on an old beta', '12.0.0a0', 0, 'bugfix', '12.0.0.0a0'],
    [
      'on four numbers, which pbr takes for a development version',
      '2.6.0.1',
      0,
      'bugfix',
      '2.6.0.dev1',
    ],
    ['after a short tag', '1.2', 1, 'bugfix', '1.2.1.dev1'],
    ['after a tag with leading zeros', 'v25.09.4', 3, 'bugfix', '25.09.4.post3'],
  ] as const)('%s is what pbr says', (...[, tag, distance, semVer, version]) => {
    expect(versionOfCommit({ tag, distance, semVer })).toBe(version);
  });

  it('counts from nothing where history has no tag', () => {
    expect(versionOfCommit({ distance: 7, semVer: 'bugfix' })).toBe('0.0.1.dev7');
  });
});
