import { readQueues } from '../../src/core/formats/catalog-patches.ts';
import type { PatchVerdict } from '../../src/core/model/patch-verdict.ts';
import { createPatchTrials } from '../../src/edge/git/patch-trial.ts';
import type { PatchTrials } from '../../src/edge/git/patch-trial.ts';
import { tryQueues } from '../../src/journeys/shared/patch-queues.ts';
import { snapshotOf } from './snapshot.ts';

/** A queue of patches by file name, and the source that it is tried on. */
export interface QueueTrial {
  readonly url: string;
  /** Full name of a ref that contains the commit. */
  readonly ref: string;
  readonly commit: string;
  readonly patches: Readonly<Record<string, string | Uint8Array>>;
}

/** Tries a queue as `check` does, from the files of an images repository on; verdicts in queue order. */
export async function tryQueue(
  trials: PatchTrials,
  trial: QueueTrial,
): Promise<readonly PatchVerdict[]> {
  const { url, ref, commit } = trial;
  const files = Object.entries(trial.patches).map(
    ([name, bytes]) => [`patches/nova/2025.2/${name}`, Buffer.from(bytes)] as const,
  );
  const snapshot = snapshotOf(
    Object.fromEntries(files.map(([path, bytes]) => [path, { mode: 'file', bytes }])),
  );
  const queue = readQueues(snapshot).value.get('2025.2')?.get('nova');
  if (!queue) throw new Error('no patch has a name that ends in .patch');
  const { queues, failed } = await tryQueues({ trials, snapshot }, [
    { queue, source: { url, ref, commit }, ref },
  ]);
  const [judged] = queues;
  if (!judged) throw new Error(failed.map(({ why }) => why).join('\n'));
  return judged.verdicts;
}

/** Verdict words of trials that go on at the same time, with a cache that others may use too. */
export async function runCrowd({
  cacheDir,
  trials,
}: {
  readonly cacheDir: string;
  readonly trials: readonly QueueTrial[];
}): Promise<readonly (readonly string[])[]> {
  const world = createPatchTrials({ cacheDir, deadlineMs: 60_000 });
  const verdicts = await Promise.all(trials.map((trial) => tryQueue(world, trial)));
  return verdicts.map((words) => words.map(({ verdict }) => verdict));
}
