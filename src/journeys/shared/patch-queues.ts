import type { Catalog } from '../../core/model/catalog.ts';
import { WorldError } from '../../core/model/failures.ts';
import type { Failure } from '../../core/model/failures.ts';
import type { PatchFile, PatchQueue } from '../../core/model/patch.ts';
import type { PathState, PatchTrial } from '../../core/model/patch-trial.ts';
import type { JudgedQueue, PatchVerdict } from '../../core/model/patch-verdict.ts';
import type { Snapshot } from '../../core/model/snapshot.ts';
import { refText } from '../../core/model/source-ref.ts';
import { isFailure } from '../../core/model/upstream.ts';
import type { UpstreamState } from '../../core/model/upstream.ts';
import { pinTarget } from '../../core/decide/lock.ts';
import type { PinTarget } from '../../core/decide/lock.ts';
import { counts, nextStep, triedPaths } from '../../core/decide/patch-queue.ts';
import { judgePatch } from '../../core/decide/patch-verdict.ts';
import type { PatchTrials, TrialSource } from '../../edge/git/patch-trial.ts';

export interface TrialWorld {
  readonly trials: PatchTrials;
  /** Where the patches' bytes are. */
  readonly snapshot: Snapshot;
}

/** A queue, and the source to try it on. */
export interface QueueTarget {
  readonly queue: PatchQueue;
  readonly source: PinTarget;
  /** The ref as people write it. */
  readonly ref: string;
}

export interface TriedQueues {
  readonly queues: readonly JudgedQueue[];
  readonly failed: readonly Failure[];
}

/** Every queue of a catalog with the source that its series pins; where the pin itself is wrong, others say so. */
export function pinnedTargets(
  catalog: Pick<Catalog, 'series'>,
  refs: UpstreamState['refs'],
): readonly QueueTarget[] {
  return catalog.series.flatMap(({ pins, queues }) =>
    pins.flatMap((pin) => {
      const queue = queues.get(pin.component);
      const source = queue && pinTarget(pin, refs.get(pin.component));
      return !source || isFailure(source) ? [] : [{ queue, source, ref: refText(pin.ref) }];
    }),
  );
}

/** Tries queues on sources. What the world did not give is a failure of that queue alone. */
export async function tryQueues(
  world: TrialWorld,
  targets: readonly QueueTarget[],
): Promise<TriedQueues> {
  const answers = await Promise.all(targets.map((target) => tryTarget(target, world)));
  return {
    queues: answers.flatMap((answer) => (isFailure(answer) ? [] : [answer])),
    failed: answers.filter(isFailure),
  };
}

async function tryTarget(target: QueueTarget, world: TrialWorld): Promise<JudgedQueue | Failure> {
  const { queue, source, ref } = target;
  const { component, series } = queue;
  try {
    const verdicts = await tryQueue(target, world);
    return { component, series, ref, commit: source.commit, verdicts };
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    return { what: `patches of ${component} (${series})`, why: error.message };
  }
}

async function tryQueue(
  { queue, source: at }: QueueTarget,
  { trials, snapshot }: TrialWorld,
): Promise<readonly PatchVerdict[]> {
  const source = await trials.open({ ...at, paths: triedPaths(queue) });
  const verdicts: PatchVerdict[] = [];
  try {
    for (let step = nextStep(queue, verdicts); step; step = nextStep(queue, verdicts)) {
      verdicts.push(
        step.kind === 'judged'
          ? step.verdict
          : await tryPatch(source, { queue, patch: step.patch, snapshot }),
      );
    }
    return verdicts;
  } finally {
    await source.close();
  }
}

interface Attempt {
  readonly queue: PatchQueue;
  readonly patch: PatchFile;
  readonly snapshot: Snapshot;
}

/** Asks git for as much as a verdict takes: most patches apply, and then nothing else is asked. */
async function tryPatch(source: TrialSource, attempt: Attempt): Promise<PatchVerdict> {
  const { queue, patch, snapshot } = attempt;
  const bytes = snapshot.files.get(patch.path)?.bytes ?? new Uint8Array();
  const asked = { bytes, header: patch.header, files: patch.content.value.files };
  const forward = await source.apply(asked);
  let trial: PatchTrial = { path: patch.path, forward };
  if (!forward.ok || forward.changes.length === 0) {
    trial = {
      ...trial,
      reverse: await source.reverse(asked),
      history: await source.history(asked),
    };
    if (judgePatch(queue, patch, trial).verdict === 'conflict') {
      trial = { ...trial, threeWay: await source.threeWay(asked) };
    }
  }
  const verdict = judgePatch(queue, patch, trial);
  if (counts(verdict.verdict)) source.advance(changesOf(trial));
  return verdict;
}

/** What the patches that follow find: the patch's own result, or that of the merge. */
function changesOf({ forward, threeWay }: PatchTrial): readonly PathState[] {
  if (forward.ok && forward.changes.length > 0) return forward.changes;
  return threeWay?.kind === 'clean' ? threeWay.changes : [];
}
