import { describe, expect, it } from 'vitest';
import { patchText, queueOf } from '../../../test/support/patch-queue.ts';
import type { Judgement, PatchVerdict } from '../model/patch-verdict.ts';
import { planRepairs } from './patch-repair.ts';

const verdicts = {
  applies: { verdict: 'applies' },
  moved: { verdict: 'applies-with-offset', offsets: [] },
  upstream: { verdict: 'already-upstream', by: 'reverse', evidence: ['reverse'] },
  refreshable: { verdict: 'refreshable', conflicts: [] },
  conflict: { verdict: 'conflict', conflicts: [] },
  malformed: { verdict: 'malformed', problems: [] },
  refused: { verdict: 'refused', refusals: [] },
  blocked: { verdict: 'not-reached', blockers: [] },
} satisfies Readonly<Record<string, Judgement>>;

/** A patch by its verdict and the files that it touches. */
type Told = readonly [verdict: keyof typeof verdicts, ...files: readonly string[]];

function planOf(...told: readonly Told[]): readonly string[] {
  const names = told.map((_, index) => `000${index + 1}-a.patch`);
  const texts = told.map(([, ...files], index) => [names[index]!, patchText('a', ...files)]);
  const queue = queueOf(Object.fromEntries(texts) as Record<string, string>);
  const judged = told.map(([verdict, ...files], index): PatchVerdict => {
    const path = queue.patches[index]!.path;
    return { ...verdicts[verdict], path, component: 'nova', series: '2025.2', files };
  });
  return planRepairs(queue, judged).map((plan) => {
    const place = queue.patches.findIndex(({ path }) => path === plan.path) + 1;
    return `${place} ${plan.kind}${plan.kind === 'refresh' ? ` ${plan.because}` : ''}`;
  });
}

describe('the repairs of a queue', () => {
  it('drop what is upstream, and refresh what only merges', () => {
    expect(planOf(['upstream', 'x'], ['refreshable', 'y'])).toEqual([
      '1 drop',
      '2 refresh does-not-apply',
    ]);
  });

  it.each<[Told]>([
    [['applies', 'x']],
    [['moved', 'x']],
    [['conflict', 'x']],
    [['malformed', 'x']],
    [['refused', 'x']],
    [['blocked', 'x']],
  ])('leave %j alone', (told) => {
    expect(planOf(told)).toEqual([]);
  });

  it('make anew what stands on a patch that was refreshed or dropped, and nothing else', () => {
    expect(
      planOf(
        ['applies', 'x'],
        ['upstream', 'x'],
        ['applies', 'y'],
        ['moved', 'x', 'z'],
        ['refreshable', 'w'],
        ['applies', 'w'],
        ['conflict', 'w'],
      ),
    ).toEqual([
      '2 drop',
      '4 refresh stands-on-repaired',
      '5 refresh does-not-apply',
      '6 refresh stands-on-repaired',
    ]);
  });

  it('go on through what was made anew', () => {
    expect(planOf(['upstream', 'x'], ['applies', 'x', 'y'], ['applies', 'y'])).toEqual([
      '1 drop',
      '2 refresh stands-on-repaired',
      '3 refresh stands-on-repaired',
    ]);
  });

  it('leave a file of several commits as it is, unless all of it is upstream', () => {
    const commit = `From ${'a'.repeat(40)} Mon Sep 17 00:00:00 2001\n`;
    const mbox = `${commit}${patchText('a', 'x')}${commit}${patchText('b', 'y')}`;
    const queue = queueOf({ '0001-a.patch': mbox });
    const about = {
      path: queue.patches[0]!.path,
      component: 'nova',
      series: '2025.2',
      files: ['x', 'y'],
    };
    expect(planRepairs(queue, [{ ...verdicts.refreshable, ...about }])).toEqual([]);
    expect(planRepairs(queue, [{ ...verdicts.upstream, ...about }])).toMatchObject([
      { kind: 'drop' },
    ]);
  });
});
