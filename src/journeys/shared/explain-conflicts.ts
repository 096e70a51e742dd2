import type { PatchOrigins } from '../../core/model/conflict-origin.ts';
import type { PatchQueue } from '../../core/model/patch.ts';
import type { JudgedQueue, PatchVerdict } from '../../core/model/patch-verdict.ts';
import { withOrigins } from '../../core/decide/conflict-origins.ts';
import { conflictKits } from '../../core/render/conflict-kit.ts';
import type { OriginQuestion } from '../../edge/git/line-history.ts';
import type { QueueTarget, TrialWorld, TriedQueues } from './patch-queues.ts';

/** Verdicts with what there is to know of each conflict. Where there is none, nothing is asked. */
export async function explainConflicts(
  world: TrialWorld,
  tried: TriedQueues,
  targets: readonly QueueTarget[],
): Promise<TriedQueues> {
  const queues = tried.queues.map(async (judged) => {
    const target = targets.find(
      ({ queue, source }) =>
        queue.component === judged.component &&
        queue.series === judged.series &&
        source.commit === judged.commit,
    );
    const conflicts = judged.verdicts.some(({ verdict }) => verdict === 'conflict');
    return target && conflicts ? explain(world, judged, target) : judged;
  });
  return { ...tried, queues: await Promise.all(queues) };
}

async function explain(
  { trials, snapshot }: TrialWorld,
  judged: JudgedQueue,
  { queue, source }: QueueTarget,
): Promise<JudgedQueue> {
  const asked = judged.verdicts.filter(isMerged);
  const questions = asked.map((verdict) => questionOf(queue, verdict, snapshot));
  const found = await trials.origins({ target: source, questions });
  const origins = new Map(asked.map(({ path }, index) => [path, found[index]] as const));
  const verdicts = judged.verdicts.map((verdict, index) => {
    const known = origins.get(verdict.path);
    return verdict.verdict === 'conflict' && known
      ? withOrigins(verdict, known, judged.verdicts.slice(0, index))
      : verdict;
  });
  const explained = { ...judged, verdicts };
  const kits = conflictKits(explained, { queue, url: source.url, preImages: preImagesOf(origins) });
  return { ...explained, kits };
}

/** A patch that git tries to merge, here or for somebody who rebuilds one after it. */
function isMerged(
  verdict: PatchVerdict,
): verdict is Extract<PatchVerdict, { readonly verdict: 'conflict' | 'refreshable' }> {
  return verdict.verdict === 'conflict' || verdict.verdict === 'refreshable';
}

function questionOf(
  { patches }: PatchQueue,
  verdict: Extract<PatchVerdict, { readonly verdict: 'conflict' | 'refreshable' }>,
  { files }: TrialWorld['snapshot'],
): OriginQuestion {
  const patch = patches.find(({ path }) => path === verdict.path);
  if (!patch) throw new Error(`${verdict.path} is not in its queue`);
  const bytes = files.get(patch.path)?.bytes ?? new Uint8Array();
  const places = verdict.verdict === 'conflict' ? verdict.conflicts : [];
  return {
    patch: { bytes, header: patch.header, files: patch.content.value.files },
    places: places.flatMap(({ path, line }) => (path === '' ? [] : [{ path, line }])),
  };
}

function preImagesOf(
  origins: ReadonlyMap<string, PatchOrigins | undefined>,
): ReadonlyMap<string, readonly string[]> {
  return new Map(
    [...origins].flatMap(([path, found]) => (found ? [[path, found.preImages] as const] : [])),
  );
}
