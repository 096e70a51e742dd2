import { describe, expect, it } from 'vitest';
import { patchText, queueOf } from '../../../test/support/patch-queue.ts';
import type { ApplyFact, HistoryMatch, PatchTrial } from '../model/patch-trial.ts';
import type { PatchVerdict } from '../model/patch-verdict.ts';
import { judgeQueue, nextStep } from './patch-queue.ts';

const changed: ApplyFact = { ok: true, offsets: [], changes: [{ path: 'x', mode: 'file' }] };
const unchanged: ApplyFact = { ok: true, offsets: [], changes: [] };
const failed: ApplyFact = {
  ok: false,
  failures: [{ path: 'x', line: 1, why: 'patch does not apply' }],
};
const match: HistoryMatch = {
  by: 'change-id',
  commit: 'c'.repeat(40),
  subject: 'Fix it',
  firstTag: '32.1.0',
};
const picked: HistoryMatch = { by: 'ancestor', commit: 'd'.repeat(40), subject: 'Fix it' };
const reverted: HistoryMatch = { ...match, revertedBy: 'e'.repeat(40) };
const clean: PatchTrial['threeWay'] = { kind: 'clean', changes: [{ path: 'x', mode: 'file' }] };

const queue = queueOf({ '0001-a.patch': patchText('a', 'x') });
const [path] = queue.patches.map((patch) => patch.path);

function judge(trial: Omit<PatchTrial, 'path'>): PatchVerdict | undefined {
  return judgeQueue(queue, new Map([[path!, { path: path!, ...trial }]]))[0];
}

describe('the verdict on a patch', () => {
  it.each<[string, Omit<PatchTrial, 'path'>, object]>([
    ['it applies', { forward: changed }, { verdict: 'applies' }],
    [
      'git moved a hunk',
      { forward: { ...changed, offsets: [{ path: 'x', hunk: 1, lines: 55 }] } },
      { verdict: 'applies-with-offset', offsets: [{ lines: 55 }] },
    ],
    [
      'it applies, and history has it',
      { forward: changed, history: [match] },
      { verdict: 'applies', inHistory: match },
    ],
    [
      'it can be taken back',
      { forward: failed, reverse: changed },
      { verdict: 'already-upstream', by: 'reverse', evidence: ['reverse'] },
    ],
    [
      'history has it in several ways',
      { forward: failed, reverse: changed, threeWay: { kind: 'no-op' }, history: [match, picked] },
      {
        verdict: 'already-upstream',
        by: 'ancestor',
        evidence: ['ancestor', 'change-id', 'reverse', '3way-noop'],
        upstreamCommit: 'd'.repeat(40),
      },
    ],
    [
      'history has it, and a 3-way merge would double it',
      { forward: failed, reverse: failed, threeWay: clean, history: [match] },
      { verdict: 'already-upstream', by: 'change-id', firstTag: '32.1.0' },
    ],
    [
      'a 3-way merge changes nothing',
      { forward: failed, reverse: failed, threeWay: { kind: 'no-op' } },
      { verdict: 'already-upstream', by: '3way-noop' },
    ],
    [
      'history took it back',
      { forward: failed, reverse: failed, threeWay: clean, history: [reverted] },
      { verdict: 'refreshable' },
    ],
    [
      'a 3-way merge is clean and doubles a block',
      { forward: failed, threeWay: { ...clean, doubled: ['x'] } },
      { verdict: 'conflict', noMerge: { kind: 'applied-twice', paths: ['x'] } },
    ],
    [
      'a 3-way merge conflicts',
      { forward: failed, threeWay: { kind: 'conflict', paths: ['x'] } },
      {
        verdict: 'conflict',
        noMerge: { kind: 'conflict' },
        conflicts: [
          { path: 'x', hunk: 1, line: 10, endLine: 12, sourceLine: 1, why: 'patch does not apply' },
        ],
      },
    ],
    [
      'its base is not to be had',
      { forward: failed, threeWay: { kind: 'base-unknown', blobs: ['12345'] } },
      { verdict: 'conflict', noMerge: { kind: 'base-unknown', blobs: ['12345'] } },
    ],
    [
      'the file is not there',
      { forward: { ok: false, failures: [{ path: 'x', why: 'does not exist in index' }] } },
      { verdict: 'conflict', conflicts: [{ path: 'x', line: 7, endLine: 12 }] },
    ],
    [
      'git skips it',
      { forward: unchanged, reverse: unchanged },
      { verdict: 'conflict', conflicts: [], noMerge: { kind: 'changes-nothing' } },
    ],
    [
      'git does not see that a mode is set already',
      { forward: unchanged, reverse: changed },
      { verdict: 'already-upstream', by: 'reverse' },
    ],
    [
      'it would write through a symlink of the source',
      { forward: { ok: false, failures: [{ path: 'x', why: 'beyond a symbolic link' }] } },
      { verdict: 'refused', refusals: [{ kind: 'through-symlink', what: 'x', line: 7 }] },
    ],
    [
      'the file is a symlink in the source',
      { forward: { ...changed, changes: [{ path: 'x', mode: 'symlink' }] } },
      { verdict: 'refused', refusals: [{ kind: 'symlink-unclear' }] },
    ],
  ])('where %s', (_, trial, expected) => {
    expect(judge(trial)).toMatchObject({
      ...expected,
      ...{ path, component: 'nova', series: '2025.2', files: ['x'] },
    });
  });

  it('has no commit where every match was taken back', () => {
    expect(judge({ forward: failed, reverse: changed, history: [reverted] })).toEqual({
      ...{ verdict: 'already-upstream', by: 'reverse', evidence: ['reverse'] },
      ...{ path, component: 'nova', series: '2025.2', files: ['x'] },
    });
  });
});

describe('a queue', () => {
  const whole = queueOf({
    '0001-a.patch': patchText('a', 'x', 'y'),
    '0002-b.patch': patchText('b', 'y', 'z'),
    '0003-c.patch': patchText('c', 'z'),
    '0004-d.patch': patchText('d', 'w'),
    '0005-e.patch': 'no diff',
    '0006-f.patch': patchText('f', '../x'),
    '0007-g.patch': patchText('g', 'w'),
  });
  function name(at: number): string {
    return whole.patches[at]!.path;
  }
  function trials(facts: Readonly<Record<number, ApplyFact>>): ReadonlyMap<string, PatchTrial> {
    const paths = Object.entries(facts).map(
      ([at, forward]) => [name(Number(at)), forward] as const,
    );
    return new Map(paths.map(([path, forward]) => [path, { path, forward }]));
  }

  it('goes on with what does not touch the files of a patch that blocks', () => {
    const verdicts = judgeQueue(whole, trials({ 0: failed, 3: changed, 6: changed }));
    expect(verdicts.map(({ verdict }) => verdict)).toEqual([
      ...['conflict', 'not-reached', 'not-reached', 'applies', 'malformed', 'refused', 'applies'],
    ]);
    expect(verdicts[1]).toMatchObject({ blockers: [{ path: name(0), files: ['y'] }] });
    expect(verdicts[2]).toMatchObject({ blockers: [{ path: name(1), files: ['z'] }] });
  });

  it('is tried on what counts of those before', () => {
    const about = { component: 'nova', series: '2025.2', files: [] };
    const before: readonly PatchVerdict[] = [
      { ...about, path: name(0), verdict: 'refreshable', conflicts: [] },
      { ...about, path: name(1), verdict: 'already-upstream', by: 'reverse', evidence: [] },
      { ...about, path: name(2), verdict: 'applies' },
    ];
    expect(nextStep(whole, before)).toEqual({
      kind: 'try',
      patch: whole.patches[3],
      onTopOf: [name(0), name(2)],
    });
    expect(nextStep(whole, [...before, ...before, ...before])).toBeUndefined();
  });

  it('stops at a patch that was not tried', () => {
    expect(judgeQueue(whole, trials({}))).toEqual([]);
  });

  it('lets no patch write through a symlink that an earlier one makes', () => {
    const linked = queueOf({
      '0001-a.patch':
        'diff --git a/out b/out\nnew file mode 120000\n--- /dev/null\n+++ b/out\n@@ -0,0 +1 @@\n+docs\n\\ No newline at end of file\n',
      '0002-b.patch': patchText('b', 'out/x'),
    });
    const first = linked.patches[0]!.path;
    const verdicts = judgeQueue(linked, new Map([[first, { path: first, forward: changed }]]));
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['applies', 'refused']);
  });
});
