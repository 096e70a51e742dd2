import pLimit from 'p-limit';
import type { Catalog } from '../../core/model/catalog.ts';
import { WorldError } from '../../core/model/failures.ts';
import type { Failure } from '../../core/model/failures.ts';
import type { PatchFile, PatchQueue } from '../../core/model/patch.ts';
import type { PathState, PatchTrial } from '../../core/model/patch-trial.ts';
import type { JudgedQueue, PatchRepair, PatchVerdict } from '../../core/model/patch-verdict.ts';
import type { Snapshot } from '../../core/model/snapshot.ts';
import { refText } from '../../core/model/source-ref.ts';
import { isFailure } from '../../core/model/upstream.ts';
import type { UpstreamState } from '../../core/model/upstream.ts';
import { pinTarget } from '../../core/decide/lock.ts';
import type { PinTarget } from '../../core/decide/lock.ts';
import { planRepairs } from '../../core/decide/patch-repair.ts';
import { counts, nextStep, triedPaths } from '../../core/decide/patch-queue.ts';
import { judgePatch } from '../../core/decide/patch-verdict.ts';
import type { PatchTrials, TrialSource } from '../../edge/git/patch-trial.ts';
import { makeRepair } from './patch-repairs.ts';
import type { PatchInHand } from './patch-repairs.ts';

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

export interface TrialOptions {
  /** Find out what makes each queue fit its source: `JudgedQueue.repairs`. */
  readonly repair: boolean;
}

/** All sources of one are opened together, for they share requests. More would only wait, and fill the memory. */
const repositoriesAtOnce = 2;

/** Tries queues on sources. What the world did not give is a failure of that queue alone. */
export async function tryQueues(
  world: TrialWorld,
  targets: readonly QueueTarget[],
  options?: TrialOptions,
): Promise<TriedQueues> {
  const repair = options?.repair ?? false;
  const limit = pLimit(repositoriesAtOnce);
  const groups = [...Map.groupBy(targets, ({ source }) => source.url).values()];
  const tried = new Map<QueueTarget, JudgedQueue | Failure>();
  async function tryGroup(group: readonly QueueTarget[]): Promise<void> {
    await Promise.all(
      group.map(async (target) => tried.set(target, await tryTarget(target, world, repair))),
    );
  }
  await Promise.all(groups.map((group) => limit(() => tryGroup(group))));
  const answers = targets.flatMap((target) => tried.get(target) ?? []);
  return {
    queues: answers.flatMap((answer) => (isFailure(answer) ? [] : [answer])),
    failed: answers.filter(isFailure),
  };
}

async function tryTarget(
  target: QueueTarget,
  world: TrialWorld,
  repair: boolean,
): Promise<JudgedQueue | Failure> {
  const { queue, source, ref } = target;
  const { component, series } = queue;
  try {
    const { verdicts, repairs } = await tryQueue(target, world, repair);
    const about = { component, series, ref, commit: source.commit };
    return { ...about, verdicts, ...(repair && { repairs }) };
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    const what = `patches of ${component} (${series})`;
    const about = { kind: 'patches', component, series } as const;
    return { what, why: error.message, about, ...(error.absent && { absent: true }) };
  }
}

async function tryQueue(
  { queue, source: at }: QueueTarget,
  { trials, snapshot }: TrialWorld,
  repair: boolean,
): Promise<Required<Pick<JudgedQueue, 'verdicts' | 'repairs'>>> {
  const written = queue.patches.map(({ header }) => header.date);
  const source = await trials.open({ ...at, paths: triedPaths(queue), written });
  const verdicts: PatchVerdict[] = [];
  const repairs: PatchRepair[] = [];
  try {
    for (let step = nextStep(queue, verdicts); step; step = nextStep(queue, verdicts)) {
      if (step.kind === 'judged') {
        verdicts.push(step.verdict);
        continue;
      }
      const patch = bytesOf(step.patch, snapshot);
      const { verdict, changes } = await tryPatch(source, queue, patch);
      verdicts.push(verdict);
      const plan = repair
        ? planRepairs(queue, verdicts).find(({ path }) => path === verdict.path)
        : undefined;
      if (plan) repairs.push(...(await makeRepair(source, plan, { patch, changes })));
      source.advance(changes);
    }
    return { verdicts, repairs };
  } finally {
    await source.close();
  }
}

function bytesOf(file: PatchFile, { files }: Snapshot): PatchInHand {
  const bytes = files.get(file.path)?.bytes ?? new Uint8Array();
  return { file, asked: { bytes, header: file.header, files: file.content.value.files } };
}

interface Tried {
  readonly verdict: PatchVerdict;
  /** What the patches that follow find different. */
  readonly changes: readonly PathState[];
}

/** Asks git for as much as a verdict takes: most patches apply, and then nothing else is asked. */
async function tryPatch(
  source: TrialSource,
  queue: PatchQueue,
  { file, asked }: PatchInHand,
): Promise<Tried> {
  const forward = await source.apply(asked);
  let trial: PatchTrial = { path: file.path, forward };
  if (!forward.ok || forward.changes.length === 0) {
    trial = { ...trial, history: await source.history(asked) };
    // Where a commit is known that has the change, no other sign makes it any surer.
    if (judgePatch(queue, file, trial).verdict === 'conflict') {
      trial = { ...trial, reverse: await source.reverse(asked) };
    }
    if (judgePatch(queue, file, trial).verdict === 'conflict') {
      trial = { ...trial, threeWay: await source.threeWay(asked) };
    }
  }
  const verdict = judgePatch(queue, file, trial);
  return { verdict, changes: counts(verdict.verdict) ? changesOf(trial) : [] };
}

/** The patch's own result, or that of the merge. */
function changesOf({ forward, threeWay }: PatchTrial): readonly PathState[] {
  if (forward.ok && forward.changes.length > 0) return forward.changes;
  return threeWay?.kind === 'clean' ? threeWay.changes : [];
}
