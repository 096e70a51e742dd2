import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeWithUpstreamData } from '../../../test/support/upstream-data.ts';
import { readTagName } from './tag-name.ts';

describe("a tag's name", () => {
  it.each([
    ['32.2.1', '32.2.1', false],
    ['32.0.0.0rc1', '32.0.0.0rc1', true],
    ['29.0.0.0b1', '29.0.0.0b1', true],
    ['1.4.0.0a5', '1.4.0.0a5', true],
    ['12.0.0a0', '12.0.0a0', true],
    ['2010.1', '2010.1', false],
    ['2015.1.4', '2015.1.4', false],
    ['2015.1.0rc2', '2015.1.0rc2', true],
    ['2013.1.rc1', '2013.1.rc1', true],
    ['2.6.0.1', '2.6.0.1', false],
    ['v25.09.4', '25.09.4', false],
    ['v2.3', '2.3', false],
    ['v1.1.0pre1', '1.1.0pre1', true],
    ['1.1.0pre1', '1.1.0pre1', true],
  ])('%s is a version', (name, text, prerelease) => {
    expect(readTagName(name)).toMatchObject({
      kind: 'version',
      name,
      version: { text, prerelease },
    });
  });

  it.each([
    ['zed-em', 'zed', 'em'],
    ['zed-eom', 'zed', 'eom'],
    ['xena-eol', 'xena', 'eol'],
    ['2024.1-eom', '2024.1', 'eom'],
    ['2024.2-eol', '2024.2', 'eol'],
    ['mitaka-driverfixes-eol', 'mitaka-driverfixes', 'eol'],
    ['bugfix-18.1-eol', 'bugfix-18.1', 'eol'],
    ['newton-eol2', 'newton', 'eol'],
  ])('%s marks the life of a series', (name, series, mark) => {
    expect(readTagName(name)).toEqual({ kind: 'lifecycle', name, series, mark });
  });

  it.each(['essex-rc4', 'folsom-3', 'diablo-4', 'k3', 'version-m1', '2013.1.g3', '2011.2gamma1'])(
    '%s is neither',
    (name) => {
      expect(readTagName(name)).toEqual({ kind: 'other', name });
    },
  );

  it.each(['', '-eol', 'eol', 'Zed-eol\n', 'zed-eol\n', 'zed--eol', 'zed-eolx', '__proto__'])(
    '%j is neither, and harms nobody',
    (name) => {
      expect(readTagName(name).kind).toBe('other');
    },
  );

  it('can be any text', () => {
    fc.assert(fc.property(fc.string(), (name) => readTagName(name).name === name));
  });
});

describeWithUpstreamData('the tags of the real repositories', (data) => {
  function countKinds(names: readonly string[]): Record<string, number> {
    const counts = { version: 0, lifecycle: 0, other: 0 };
    for (const name of names) counts[readTagName(name).kind] += 1;
    return counts;
  }

  function tagsOfMeta(): string[] {
    return readdirSync(join(data, 'tag-meta')).flatMap((file) =>
      readFileSync(join(data, 'tag-meta', file), 'utf8')
        .split('\n')
        .slice(1)
        .map((line) => line.split('\t')[0] ?? '')
        .filter((name) => name !== ''),
    );
  }

  function tagsOfRefs(repository: string): string[] {
    const text = readFileSync(join(data, 'ls-remote', `${repository}.txt`), 'utf8');
    return [...text.matchAll(/\trefs\/tags\/(.+)$/gm)]
      .map(([, name]) => name ?? '')
      .filter((name) => !name.endsWith('^{}'));
  }

  it('are of these kinds in the ten repositories of OpenStack', () => {
    expect(countKinds(tagsOfMeta())).toEqual({ version: 1800, lifecycle: 341, other: 76 });
  });

  it.each([
    ['ovn', { version: 77, lifecycle: 0, other: 0 }],
    ['ovs', { version: 241, lifecycle: 0, other: 0 }],
    ['python-novaclient', { version: 114, lifecycle: 32, other: 8 }],
    ['requirements', { version: 3, lifecycle: 29, other: 0 }],
  ])('are of these kinds in %s', (repository, counts) => {
    expect(countKinds(tagsOfRefs(repository))).toEqual(counts);
  });
});
