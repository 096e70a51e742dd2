import { describe, expect, it } from 'vitest';
import type { CarriedPatch, CarryAnswer } from '../model/patch-carry.ts';
import type { Judgement } from '../model/patch-verdict.ts';
import { carryJson, carryTables } from './patch-carry.ts';

const commit = 'c'.repeat(40);
const path = 'patches/nova/2025.2/0001-a.patch';

function tried(series: string, judgement: Judgement): CarryAnswer {
  const about = { component: 'nova', series: '2025.2', path, files: ['x.py'] };
  return { kind: 'tried', series, ref: '1.0', commit, verdict: { ...judgement, ...about } };
}

function carried(on: readonly CarryAnswer[]): CarriedPatch {
  return { component: 'nova', path, series: '2025.2', on };
}

const upstream: Judgement = {
  ...{ verdict: 'already-upstream', by: 'change-id', evidence: ['change-id'] },
  ...{ upstreamCommit: commit, upstreamSubject: 'Fix', firstTag: '33.0.0' },
};
const judgements: readonly Judgement[] = [
  { verdict: 'applies' },
  { verdict: 'applies-with-offset', offsets: [] },
  upstream,
  { verdict: 'already-upstream', by: 'patch-id', evidence: ['patch-id'], upstreamCommit: commit },
  { verdict: 'already-upstream', by: 'reverse', evidence: ['reverse'] },
  { verdict: 'refreshable', conflicts: [] },
  { verdict: 'conflict', conflicts: [] },
  { verdict: 'not-reached', blockers: [] },
  { verdict: 'malformed', problems: [] },
  { verdict: 'refused', refusals: [] },
];

describe('the carry-forward table', () => {
  it('has a word for everything that may become of a patch', () => {
    expect(carryTables([])).toEqual([]);
    const [table] = carryTables(judgements.map((one) => carried([tried('2026.1', one)])));
    expect(table?.head).toEqual(['component', 'patch', '2025.2', '2026.1']);
    expect(table?.rows.map(([, , own, other]) => `${own ?? ''} | ${other ?? ''}`))
      .toMatchInlineSnapshot(`
      [
        "here | needed",
        "here | needed, with offset",
        "here | upstream since 33.0.0",
        "here | upstream, in no tag yet",
        "here | upstream",
        "here | needs a refresh",
        "here | conflicts",
        "here | not reached",
        "here | malformed",
        "here | refused",
      ]
    `);
  });

  it('names another copy, and leaves open what is not pinned there or could not be asked', () => {
    const same = { kind: 'carried', series: '2026.1', ref: '1.0', as: `x/0001-a.patch` } as const;
    const [table] = carryTables([
      carried([same, { ...same, series: '2025.1', as: 'x/0007-b.patch' }]),
      carried([tried('2026.2', upstream)]),
    ]);
    expect(table?.head.slice(2)).toEqual(['2025.1', '2025.2', '2026.1', '2026.2']);
    expect(table?.rows.map((row) => row.slice(2))).toEqual([
      ['carried as 0007-b.patch', 'here', 'carried', '-'],
      ['-', 'here', '-', 'upstream since 33.0.0'],
    ]);
  });

  it('is lines of JSON', () => {
    const as = 'patches/nova/2025.1/0007-b.patch';
    const other: CarryAnswer = { kind: 'carried', series: '2025.1', ref: '1.0', as };
    expect(carryJson([carried([other, tried('2026.1', upstream)])])).toEqual([
      {
        component: 'nova',
        patch: path,
        series: '2025.2',
        on: [
          { series: '2025.1', ref: '1.0', verdict: 'carried', carriedAs: as },
          {
            ...{ series: '2026.1', ref: '1.0', commit, verdict: 'already-upstream' },
            ...{ by: 'change-id', upstreamCommit: commit, firstTag: '33.0.0' },
            detail: "upstream's cccccccc, first in 33.0.0, has its Change-Id",
          },
        ],
      },
    ]);
  });
});
