import { onTestFinished } from 'vitest';
import type { Outcome } from '../../src/core/model/job.ts';
import type { Store } from '../../src/edge/store/store.ts';
import type {
  RunningJob,
  Worker,
  WorkerEvent,
  WorkerLimits,
} from '../../src/edge/store/worker-options.ts';

/** A worker that writes down what it did. It stops after the test, if it was not stopped before. */
export interface WatchedWorker extends Worker {
  readonly runs: readonly RunningJob[];
  readonly events: readonly WorkerEvent[];
  /** Resolves when the condition holds; looked at after every event. */
  readonly until: (condition: () => boolean) => Promise<void>;
}

type Handler = (job: RunningJob, signal: AbortSignal) => Outcome | Promise<Outcome>;

export async function watchedWorker(
  store: Store,
  handle: Handler,
  options: Partial<WorkerLimits> & { readonly concurrency?: number } = {},
): Promise<WatchedWorker> {
  const { concurrency = 4, ...limits } = options;
  const runs: RunningJob[] = [];
  const events: WorkerEvent[] = [];
  const checks = new Set<() => void>();
  const worker = await store.startWorker({
    concurrency,
    limits: { backoffMs: () => 20, pollMs: 50, ...limits },
    run: async (job, signal) => handle(job, signal),
    onEvent: (event) => {
      events.push(event);
      if (event.kind === 'started') runs.push(event.job);
      for (const check of checks) check();
    },
  });
  onTestFinished(() => worker.stop({ graceMs: 0 }));
  function until(condition: () => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    function check(): void {
      if (condition()) resolve(undefined);
    }
    checks.add(check);
    check();
    return promise.then(() => void checks.delete(check));
  }
  return { ...worker, runs, events, until };
}

/** Something that one side waits for and the other opens. */
export interface Gate {
  readonly opened: Promise<void>;
  readonly open: () => void;
}

export function newGate(): Gate {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  return {
    opened: promise.then(() => undefined),
    open: () => {
      resolve(undefined);
    },
  };
}
