import type { Catalog } from '../../core/model/catalog.ts';
import { WorldError } from '../../core/model/failures.ts';
import type { Failure } from '../../core/model/failures.ts';
import type { PatchFile, PatchQueue } from '../../core/model/patch.ts';
import type { PathState, PatchTrial } from '../../core/model/patch-trial.ts';
import type { JudgedQueue, PatchVerdict } from '../../core/model/patch-verdict.ts';
import type { Snapshot } from '../../core/model/snapshot.ts';
import { refText } from '../../core/model/source-ref.ts';
import type { Pin } from '../../core/model/source-ref.ts';
import { isFailure } from '../../core/model/upstream.ts';
import type { UpstreamState } from '../../core/model/upstream.ts';
import { pinTarget } from '../../core/decide/lock.ts';
import type { PinTarget } from '../../core/decide/lock.ts';
import { counts, nextStep, triedPaths } from '../../core/decide/patch-queue.ts';
import { judgePatch } from '../../core/decide/patch-verdict.ts';
import type { PatchTrials, TrialSource } from '../../edge/git/patch-trial.ts';

export interface TrialWorld {
  readonly trials: PatchTrials;
  readonly catalog: Catalog;
  /** Where the patches' bytes are. */
  readonly snapshot: Snapshot;
  readonly refs: UpstreamState['refs'];
}

export interface TriedQueues {
  readonly queues: readonly JudgedQueue[];
  readonly failed: readonly Failure[];
}

/** Tries every patch queue of a catalog on the source that its series pins. */
export async function tryQueues(world: TrialWorld): Promise<TriedQueues> {
  const pinned = world.catalog.series.flatMap(({ pins, queues }) =>
    pins.flatMap((pin) => {
      const queue = queues.get(pin.component);
      return queue ? [{ pin, queue }] : [];
    }),
  );
  const answers = await Promise.all(pinned.map(({ pin, queue }) => tryPinned(pin, queue, world)));
  return {
    queues: answers.flatMap((answer) => (answer && !isFailure(answer) ? [answer] : [])),
    failed: answers.flatMap((answer) => (answer && isFailure(answer) ? [answer] : [])),
  };
}

/** `undefined` where the pin itself is what is wrong: others say so. */
async function tryPinned(
  pin: Pin,
  queue: PatchQueue,
  world: TrialWorld,
): Promise<JudgedQueue | Failure | undefined> {
  const target = pinTarget(pin, world.refs.get(pin.component));
  if (isFailure(target)) return undefined;
  const { component, series } = pin;
  try {
    const verdicts = await tryQueue(queue, target, world);
    return { component, series, ref: refText(pin.ref), commit: target.commit, verdicts };
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    return { what: `patches of ${component} (${series})`, why: error.message };
  }
}

async function tryQueue(
  queue: PatchQueue,
  target: PinTarget,
  { trials, snapshot }: TrialWorld,
): Promise<readonly PatchVerdict[]> {
  const source = await trials.open({ ...target, paths: triedPaths(queue) });
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
