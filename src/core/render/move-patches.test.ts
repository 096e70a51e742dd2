import { describe, expect, it } from 'vitest';
import { commitNamed, tagPin } from '../../../test/support/facts.ts';
import type { Finding } from '../model/finding.ts';
import type { Judgement } from '../model/patch-verdict.ts';
import type { Move, MoveStay, UpdatePlan } from '../model/update.ts';
import { stayLines } from './move-patches.ts';
import { updateJson, updateSummary, updateTables } from './update.ts';

function move(stay?: MoveStay): Move {
  return {
    pin: tagPin('2025.2', 'nova', '32.0.0'),
    to: { kind: 'tag', tag: '32.1.0' },
    ...{ commit: commitNamed('32.1.0'), kind: 'version', jump: 'minor' },
    why: { kind: 'newest', series: '2025.2' },
    ...(stay && { stay }),
  };
}

function because(judgement: Judgement): Move {
  const path = 'patches/nova/2025.2/0001-a.patch';
  const about = { path, component: 'nova', series: '2025.2', files: ['x'] };
  return move({ kind: 'patch', verdict: { ...judgement, ...about } });
}

const conflict: Judgement = {
  verdict: 'conflict',
  conflicts: [{ path: 'x', hunk: 1, line: 5, endLine: 9, sourceLine: 3, why: 'no' }],
  noMerge: { kind: 'conflict' },
};
const untried = move({ kind: 'untried', why: 'the network is down' });

function plan(...moves: readonly Move[]): UpdatePlan {
  return { moves, held: [], constraints: [], failed: [] };
}

describe('a pin that its patches keep where it is', () => {
  it('is a line with the patch, the reason and what to do', () => {
    const problem: Finding = {
      ...{ code: 'patch-empty', file: 'f', line: 1, level: 'failure' },
      ...{ message: 'the file is empty', remedy: 'put the patch there' },
    };
    const moves = [
      because(conflict),
      because({ verdict: 'refreshable', conflicts: [] }),
      because({ verdict: 'malformed', problems: [problem] }),
      because({ verdict: 'refused', refusals: [{ kind: 'absolute', what: '/etc/x', line: 3 }] }),
      move(),
      untried,
    ];
    expect(stayLines(moves)).toMatchInlineSnapshot(`
      [
        "releases/2025.2/source-refs.yaml:1: nova stays at 32.0.0: patches/nova/2025.2/0001-a.patch conflicts on 32.1.0 (hunk 1 of x, looked for at line 3: no; a 3-way merge conflicts too); make it anew on 32.1.0, or remove it, and run pinwheel update --write again",
        "releases/2025.2/source-refs.yaml:1: nova stays at 32.0.0: patches/nova/2025.2/0001-a.patch does not apply on 32.1.0 (a 3-way merge is clean); split it into a file for each commit, or refresh it by hand, and run pinwheel update --write again",
        "releases/2025.2/source-refs.yaml:1: nova stays at 32.0.0: patches/nova/2025.2/0001-a.patch is malformed on 32.1.0 (the file is empty (line 1)); mend or remove the file, and run pinwheel update --write again",
        "releases/2025.2/source-refs.yaml:1: nova stays at 32.0.0: patches/nova/2025.2/0001-a.patch is refused on 32.1.0 (/etc/x is an absolute path); remove that part from it, or the whole patch, and run pinwheel update --write again",
      ]
    `);
  });

  it('stands in the table and in the JSON as a move that stays', () => {
    const all = plan(move(), because(conflict), untried);
    expect(updateTables(all)[0]?.rows.map((row) => row.at(-1))).toEqual([
      'newest release of 2025.2',
      'newest release of 2025.2; stays: 0001-a.patch conflicts there',
      'newest release of 2025.2; stays: its patches could not be tried',
    ]);
    expect(updateJson(all)).toMatchObject({
      moves: [
        { to: '32.1.0' },
        { blocked: { patch: 'patches/nova/2025.2/0001-a.patch', verdict: 'conflict' } },
        { untried: 'the network is down' },
      ],
    });
  });

  it.each([
    [[move()], undefined, '1 pin would move; pinwheel update --write does it'],
    [
      [move(), because(conflict)],
      undefined,
      '1 pin would move; pinwheel update --write does it; 1 pin cannot move before its patches fit',
    ],
    [[because(conflict), untried], undefined, '2 pins cannot move before their patches fit'],
    [[because(conflict)], [], '1 pin cannot move before its patches fit'],
    [
      [because(conflict)],
      ['a.lock'],
      'locks brought up to date; 1 file written: a.lock; 1 pin cannot move before its patches fit',
    ],
    [
      [move(), because(conflict)],
      ['a'],
      'moved 1 pin; 1 file written: a; 1 pin cannot move before its patches fit',
    ],
    [[], [], 'nothing to do: every pin is where it belongs'],
  ])('counts in the last line (%#)', (moves, written, line) => {
    expect(updateSummary(plan(...moves), written)).toBe(line);
  });
});
