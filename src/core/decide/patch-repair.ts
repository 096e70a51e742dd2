import type { PatchQueue } from '../model/patch.ts';
import type { PatchRepair, PatchVerdict } from '../model/patch-verdict.ts';

type Drop = Extract<PatchRepair, { readonly kind: 'drop' }>;
type Refresh = Extract<PatchRepair, { readonly kind: 'refresh' }>;

/** What is to be done to a patch; of a refresh, the bytes are still to be made. */
export type RepairPlan = Drop | Pick<Refresh, 'kind' | 'path' | 'because'>;

/**
 * Repairs of a judged queue, in its order. What is decided of a patch depends on it and on those before
 * it, so that the beginning of a queue can be planned while the rest has no verdict yet.
 */
export function planRepairs(
  queue: PatchQueue,
  verdicts: readonly PatchVerdict[],
): readonly RepairPlan[] {
  const several = new Set(
    queue.patches.filter(({ content }) => content.value.commits.length > 1).map(({ path }) => path),
  );
  const repaired = new Set<string>();
  return verdicts.flatMap((verdict) => {
    const plan = planRepair(verdict, { repaired, several });
    if (!plan) return [];
    for (const file of verdict.files) repaired.add(file);
    return [plan];
  });
}

interface Surroundings {
  /** Files of the source that an earlier patch no longer leaves as it did. */
  readonly repaired: ReadonlySet<string>;
  /** Patch files of several commits: which of them has which part of a merge, nobody can tell. */
  readonly several: ReadonlySet<string>;
}

function planRepair(
  verdict: PatchVerdict,
  { repaired, several }: Surroundings,
): RepairPlan | undefined {
  const { path } = verdict;
  if (verdict.verdict === 'already-upstream') return { kind: 'drop', path, verdict };
  if (several.has(path)) return undefined;
  if (verdict.verdict === 'refreshable') {
    return { kind: 'refresh', path, because: 'does-not-apply' };
  }
  const applies = verdict.verdict === 'applies' || verdict.verdict === 'applies-with-offset';
  const stands = verdict.files.some((file) => repaired.has(file));
  return applies && stands ? { kind: 'refresh', path, because: 'stands-on-repaired' } : undefined;
}
