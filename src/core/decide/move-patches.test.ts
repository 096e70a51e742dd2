import { describe, expect, it } from 'vitest';
import type { JudgedQueue, Judgement, PatchRepair } from '../model/patch-verdict.ts';
import { stayBecauseOf } from './move-patches.ts';

const applies: Judgement = { verdict: 'applies' };
const shifted: Judgement = { verdict: 'applies-with-offset', offsets: [] };
const conflict: Judgement = { verdict: 'conflict', conflicts: [] };
const unreached: Judgement = { verdict: 'not-reached', blockers: [] };
const refreshable: Judgement = { verdict: 'refreshable', conflicts: [] };
const malformed: Judgement = { verdict: 'malformed', problems: [] };
const refused: Judgement = { verdict: 'refused', refusals: [] };
const upstream = { verdict: 'already-upstream', by: 'reverse', evidence: ['reverse'] } as const;

function queue(...judgements: readonly Judgement[]): JudgedQueue {
  const about = { component: 'nova', series: '2025.2' };
  const verdicts = judgements.map((judgement, index) => {
    return { ...judgement, ...about, path: `${index}.patch`, files: ['x'] };
  });
  return { ...about, ref: '32.1.0', commit: 'c'.repeat(40), verdicts };
}

function refresh(path: string): PatchRepair {
  const bytes = new Uint8Array();
  return { kind: 'refresh', path, bytes, interdiff: '', because: 'does-not-apply' };
}

describe('a pin with patches', () => {
  it.each([
    ['may move where all apply', queue(applies, shifted), undefined],
    ['stays for a conflict', queue(applies, conflict, unreached), '1.patch'],
    ['stays for what is not reached', queue(unreached), '0.patch'],
    ['stays for what is damaged', queue(malformed), '0.patch'],
    ['stays for what is refused', queue(shifted, refused), '1.patch'],
    ['stays for what nobody has refreshed', queue(refreshable), '0.patch'],
    ['stays for what nobody has dropped', queue(upstream), '0.patch'],
  ])('%s', (_, judged, path) => {
    const stay = stayBecauseOf(judged);
    expect(stay?.kind === 'patch' ? stay.verdict.path : stay).toBe(path);
  });

  it('moves with patches that are refreshed or dropped', () => {
    const judged = queue(upstream, refreshable, applies);
    const about = { component: 'nova', series: '2025.2', path: '0.patch', files: ['x'] };
    const drop: PatchRepair = { kind: 'drop', path: '0.patch', verdict: { ...upstream, ...about } };
    expect(stayBecauseOf({ ...judged, repairs: [drop, refresh('1.patch')] })).toBeUndefined();
    expect(stayBecauseOf({ ...judged, repairs: [drop] })).toMatchObject({
      verdict: { path: '1.patch' },
    });
  });
});
