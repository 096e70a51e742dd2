/** `node bench/patch-alone.ts SPEC`: tries patch queues once, as a journey does, and prints what came out as JSON. */
import { readFile } from 'node:fs/promises';
import { createPatchTrials } from '../src/edge/git/patch-trial.ts';
import type { PatchTrials } from '../src/edge/git/patch-trial.ts';
import type { SnapshotFile } from '../src/core/model/snapshot.ts';
import { tryQueues } from '../src/journeys/shared/patch-queues.ts';
import type { QueueTarget } from '../src/journeys/shared/patch-queues.ts';
import { readQueue } from './patch-data.ts';
import type { Outcome } from './patch-data.ts';
import type { PatchJob, PatchRun } from './patch-runs.ts';

async function main(job: PatchJob): Promise<PatchRun> {
  const started = performance.now();
  const trials = createPatchTrials({ cacheDir: job.cacheDir, deadlineMs: 600_000 });
  const watch = { historyMs: 0, states: new Map<string, Outcome['blobs']>() };
  const watched = watchTrials(trials, watch);
  const files = new Map<string, SnapshotFile>();
  const targets: QueueTarget[] = [];
  for (const { folder, url, name, targets: sources } of job.components) {
    const { queue, snapshot } = await readQueue(folder, name);
    for (const [path, file] of snapshot.files) files.set(path, file);
    targets.push(
      ...sources.map(({ ref, commit }) => ({ queue, source: { url, ref, commit }, ref })),
    );
  }
  const { queues, failed } = await tryQueues({ trials: watched, snapshot: { files } }, targets);
  if (failed[0]) throw new Error(failed[0].why);
  const found = queues.map(({ ref, commit, verdicts }, index) => ({
    ref,
    words: verdicts.map(({ verdict }) => verdict),
    blobs: watch.states.get(`${targets[index]?.source.url ?? ''} ${commit}`) ?? {},
  }));
  const outcomes = job.components.map((one) => found.splice(0, one.targets.length));
  return { ms: performance.now() - started, historyMs: watch.historyMs, outcomes };
}

/** The same trials, and what each source holds in the end. */
function watchTrials(
  trials: PatchTrials,
  watch: { historyMs: number; readonly states: Map<string, Outcome['blobs']> },
): PatchTrials {
  return {
    ...trials,
    open: async (target) => {
      const source = await trials.open(target);
      return {
        ...source,
        history: async (patch) => {
          const asked = performance.now();
          const found = await source.history(patch);
          watch.historyMs += performance.now() - asked;
          return found;
        },
        close: async () => {
          const states = source.states(target.paths);
          const blobs = states.flatMap(({ path, blob }) => (blob ? [[path, blob] as const] : []));
          watch.states.set(`${target.url} ${target.commit}`, Object.fromEntries<string>(blobs));
          await source.close();
        },
      };
    },
  };
}

const job = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8')) as PatchJob;
process.stdout.write(JSON.stringify(await main(job)));
