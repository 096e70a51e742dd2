import { describe, expect, it } from 'vitest';
import type { PatchRepair } from '../model/patch-verdict.ts';
import { fixedJson, repairLines } from './patch-repairs.ts';

const about = { component: 'nova', series: '2025.2', files: [] };
const upstream = { verdict: 'already-upstream', ...about } as const;
const folder = 'patches/nova/2025.2';

const proven: PatchRepair = {
  kind: 'drop',
  path: `${folder}/0001-a.patch`,
  verdict: {
    ...upstream,
    path: `${folder}/0001-a.patch`,
    by: 'change-id',
    evidence: ['change-id', 'reverse'],
    upstreamCommit: '1234abcd'.repeat(5),
    firstTag: '32.1.0',
  },
};
const likely: PatchRepair = {
  kind: 'drop',
  path: `${folder}/0002-b.patch`,
  verdict: {
    ...upstream,
    path: `${folder}/0002-b.patch`,
    by: '3way-noop',
    evidence: ['3way-noop'],
  },
};
function refreshed(interdiff: string, path = `${folder}/0003-c.patch`): PatchRepair {
  const because = interdiff === '' ? 'stands-on-repaired' : 'does-not-apply';
  return { kind: 'refresh', path, bytes: Buffer.from('x'), interdiff, because };
}
const repairs = [proven, likely, refreshed('@@ x\n a\n-b\n+c\n'), refreshed('')];

describe('what was done to patches', () => {
  it('is told by the patch', () => {
    expect(repairLines(repairs, { most: Infinity }).join('\n')).toMatchInlineSnapshot(`
      "dropped patches/nova/2025.2/0001-a.patch: upstream's 1234abcd, first in 32.1.0, has its Change-Id
      dropped patches/nova/2025.2/0002-b.patch: the source has the change: a 3-way merge changes nothing; no commit names it, so compare before you commit
      refreshed patches/nova/2025.2/0003-c.patch: it did not apply as it was
          @@ x
           a
          -b
          +c
      refreshed patches/nova/2025.2/0003-c.patch: it stands on what was refreshed or dropped
          only line numbers and blob ids are new"
    `);
  });

  it('is folded where it is long, and not for a single line', () => {
    const lines = Array.from({ length: 6 }, (_, n) => `+${n}\n`).join('');
    const shown = repairLines([refreshed(lines)], { most: 3 });
    expect(shown.slice(-2)).toEqual(['    +2', '    … and 3 lines more, which git diff shows']);
    expect(repairLines([refreshed(lines)], { most: 5 })).toHaveLength(7);
  });

  it('moves no cursor, whatever is in a patch', () => {
    const text = repairLines([refreshed('+\u001b[2J\u202e\tx\r\n', 'patches/\u0007')], { most: 9 });
    expect(text).toEqual([
      'refreshed patches/\ufffd: it did not apply as it was',
      '    +\ufffd[2J\ufffd\tx',
    ]);
  });

  it('is there for programs as well', () => {
    expect(fixedJson(repairs)).toEqual([
      {
        path: `${folder}/0001-a.patch`,
        kind: 'drop',
        by: 'change-id',
        upstreamCommit: '1234abcd'.repeat(5),
        firstTag: '32.1.0',
      },
      { path: `${folder}/0002-b.patch`, kind: 'drop', by: '3way-noop' },
      {
        path: `${folder}/0003-c.patch`,
        kind: 'refresh',
        because: 'does-not-apply',
        interdiff: '@@ x\n a\n-b\n+c\n',
      },
      {
        path: `${folder}/0003-c.patch`,
        kind: 'refresh',
        because: 'stands-on-repaired',
        interdiff: '',
      },
    ]);
  });
});
