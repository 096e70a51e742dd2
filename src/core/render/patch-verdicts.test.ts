import { describe, expect, it } from 'vitest';
import type { JudgedQueue, Judgement } from '../model/patch-verdict.ts';
import { patchFindings, patchTables, patchesJson } from './patch-verdicts.ts';

const commit = 'c'.repeat(40);
const conflict = {
  path: 'x.py',
  hunk: 2,
  line: 20,
  endLine: 27,
  sourceLine: 31,
  why: 'patch does not apply',
};
const judgements: readonly Judgement[] = [
  { verdict: 'applies' },
  {
    verdict: 'applies',
    inHistory: { by: 'change-id', commit, subject: 'Fix it', firstTag: '32.1.0' },
  },
  {
    verdict: 'applies-with-offset',
    offsets: [
      { path: 'x.py', hunk: 1, lines: 55 },
      { path: 'x.py', hunk: 2, lines: -1 },
    ],
  },
  {
    ...{ verdict: 'already-upstream', by: 'patch-id', evidence: ['patch-id', 'reverse'] },
    ...{ upstreamCommit: commit, upstreamSubject: 'Fix it', firstTag: '32.1.0' },
  },
  { verdict: 'already-upstream', by: '3way-noop', evidence: ['3way-noop'] },
  { verdict: 'refreshable', conflicts: [conflict] },
  {
    verdict: 'conflict',
    conflicts: [conflict, { path: 'y.py', line: 30, endLine: 40, why: 'does not exist in index' }],
    noMerge: { kind: 'conflict' },
  },
  { verdict: 'conflict', conflicts: [], noMerge: { kind: 'changes-nothing' } },
  {
    verdict: 'malformed',
    problems: [
      {
        ...{ code: 'patch-empty', file: 'patches/nova/2025.2/9.patch', line: 1, level: 'failure' },
        ...{ message: '9.patch: the file is empty', remedy: 'put the patch there' },
      },
    ],
  },
  {
    verdict: 'refused',
    refusals: [
      { kind: 'symlink-outside', what: 'conf/l', target: '/etc/passwd', line: 8 },
      { kind: 'odd-name', what: `x\n\u0000${'y'.repeat(200)}`, line: 30 },
    ],
  },
  {
    verdict: 'not-reached',
    blockers: [{ path: 'patches/nova/2025.2/7.patch', files: ['a', 'b', 'c', 'd', 'e'] }],
  },
];

const queue: JudgedQueue = {
  ...{ component: 'nova', series: '2025.2', ref: '32.0.0', commit: 'd'.repeat(40) },
  verdicts: judgements.map((judgement, index) => ({
    ...judgement,
    ...{ path: `patches/nova/2025.2/${index + 1}.patch`, component: 'nova', series: '2025.2' },
    files: ['x.py'],
  })),
};

describe('verdicts on patches', () => {
  it('are lines of JSON', () => {
    const lines = patchesJson([queue]);
    expect(lines).toHaveLength(judgements.length);
    expect(lines[3]).toEqual({
      series: '2025.2',
      component: 'nova',
      ref: '32.0.0',
      commit: 'd'.repeat(40),
      patch: 'patches/nova/2025.2/4.patch',
      verdict: 'already-upstream',
      by: 'patch-id',
      upstreamCommit: commit,
      firstTag: '32.1.0',
      files: ['x.py'],
      detail: "upstream's cccccccc, first in 32.1.0, makes the same change",
    });
    expect(Object.keys(lines[0] ?? {})).toEqual([
      ...['series', 'component', 'ref', 'commit', 'patch', 'verdict', 'files', 'detail'],
    ]);
  });

  it('are a table for people', () => {
    expect(patchTables([])).toEqual([]);
    const [table] = patchTables([queue]);
    expect(table?.head).toEqual(['queue', 'on', 'patch', 'verdict', 'detail']);
    expect(table?.rows.map((row) => row.join(' | '))).toMatchInlineSnapshot(`
      [
        "nova/2025.2 | 32.0.0 | 1.patch | applies | every hunk at its line",
        "nova/2025.2 | 32.0.0 | 2.patch | applies | upstream's cccccccc, first in 32.1.0, has its Change-Id",
        "nova/2025.2 | 32.0.0 | 3.patch | applies-with-offset | hunk 1 of x.py 55 lines down, hunk 2 of x.py 1 line up",
        "nova/2025.2 | 32.0.0 | 4.patch | already-upstream | upstream's cccccccc, first in 32.1.0, makes the same change",
        "nova/2025.2 | 32.0.0 | 5.patch | already-upstream | the source has the change: a 3-way merge changes nothing",
        "nova/2025.2 | 32.0.0 | 6.patch | refreshable | a 3-way merge is clean",
        "nova/2025.2 | 32.0.0 | 7.patch | conflict | hunk 2 of x.py, looked for at line 31, y.py: does not exist in index; a 3-way merge conflicts too",
        "nova/2025.2 | 32.0.0 | 8.patch | conflict | git takes the patch and changes nothing",
        "nova/2025.2 | 32.0.0 | 9.patch | malformed | 9.patch: the file is empty (line 1)",
        "nova/2025.2 | 32.0.0 | 10.patch | refused | conf/l is a symlink that leaves the tree, or may (/etc/passwd), x��yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy… has characters that no file name should have",
        "nova/2025.2 | 32.0.0 | 11.patch | not-reached | 7.patch comes first and touches a, b, c and 2 more",
      ]
    `);
  });

  it('are findings at the lines of the patch files', () => {
    const shown = patchFindings([queue]).map(
      ({ file, line, endLine, level, code, message, remedy }) =>
        `${file.slice(-7)}:${line}${endLine === undefined ? '' : `-${endLine}`} ${level} ${code}: ${message}; ${remedy}`,
    );
    expect(shown).toMatchInlineSnapshot(`
      [
        "2.patch:1 warning patch-in-history: 2.patch on nova 32.0.0 applies, and yet upstream's cccccccc, first in 32.1.0, has its Change-Id; see whether it would be applied twice, and drop it if so",
        "3.patch:1 notice patch-applies-with-offset: 3.patch on nova 32.0.0 applies with hunk 1 of x.py 55 lines down, hunk 2 of x.py 1 line up; leave it, or refresh it to have the right lines in it",
        "4.patch:1 warning patch-already-upstream: 4.patch on nova 32.0.0 is not needed: upstream's cccccccc, first in 32.1.0, makes the same change; run pinwheel check --fix to remove it",
        "5.patch:1 warning patch-already-upstream: 5.patch on nova 32.0.0 is not needed: the source has the change: a 3-way merge changes nothing; compare it with the source, and run pinwheel check --fix to remove it",
        "6.patch:20-27 warning patch-refreshable: 6.patch on nova 32.0.0 does not apply as it is, and a 3-way merge of it is clean; run pinwheel check --fix, and read the refreshed patch",
        "7.patch:20-27 failure patch-conflict: 7.patch on nova 32.0.0 does not apply: hunk 2 of x.py, looked for at line 31; make the patch anew on this source, or remove it",
        "7.patch:30-40 failure patch-conflict: 7.patch on nova 32.0.0 does not apply: y.py: does not exist in index; make the patch anew on this source, or remove it",
        "8.patch:1 failure patch-conflict: 8.patch on nova 32.0.0 does not apply: git takes the patch and changes nothing; make the patch anew on this source, or remove it",
        "9.patch:1 failure patch-empty: 9.patch: the file is empty; put the patch there",
        "0.patch:8 failure patch-refused: 10.patch is refused: conf/l is a symlink that leaves the tree, or may (/etc/passwd); remove that part from the patch, or the whole patch",
        "0.patch:30 failure patch-refused: 10.patch is refused: x��yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy… has characters that no file name should have; remove that part from the patch, or the whole patch",
        "1.patch:1 warning patch-not-reached: 11.patch was not tried: 7.patch comes first and touches a, b, c and 2 more; mend the earlier patch first",
      ]
    `);
  });
});
