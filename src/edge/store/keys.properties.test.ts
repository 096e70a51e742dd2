import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { useStore } from '../../../test/support/store.ts';
import { sweep } from '../../../test/support/sweep.ts';
import type { Outcome } from '../../core/model/job.ts';
import type { RunningJob } from './worker-options.ts';

const used = useStore();

/** One request: for which key, after which pause, and how its run will take and end. */
const request = fc.record({
  key: fc.constantFrom('a', 'b', 'c'),
  pauseMs: fc.integer({ min: 0, max: 12 }),
});
const ending = fc.record({
  tookMs: fc.integer({ min: 0, max: 25 }),
  how: fc.constantFrom('done', 'done', 'later', 'throw'),
});

test('whatever is asked: one key never runs twice at once, each request is answered by a run that begins after it, and none is run for nothing', async () => {
  const store = await used.openAnother();
  await fc.assert(
    fc.asyncProperty(
      fc.array(request, { minLength: 1, maxLength: 25 }),
      fc.array(ending, { minLength: 1, maxLength: 10 }),
      async (requests, endings) => {
        const log = newLog();
        let count = 0;
        async function run(job: RunningJob): Promise<Outcome> {
          const end = endings[count++ % endings.length]!;
          const done = log.begin(job.key);
          await sleep(end.tookMs);
          // Only the first endings may be bad, so that all of this comes to an end.
          const good = end.how === 'done' || count > endings.length;
          done(good);
          if (good) return { kind: 'done' };
          if (end.how === 'throw') throw new Error('as planned');
          return { kind: 'later', at: Date.now(), why: 'as planned' };
        }
        const limits = { pollMs: 30, backoffMs: () => 15, otherFailures: 1000 };
        const workers = await Promise.all(
          [used.store, store].map((one) => one.startWorker({ concurrency: 2, run, limits })),
        );
        for (const { key, pauseMs } of requests) {
          await sleep(pauseMs);
          const asked = log.ask(sweepKey(key));
          void store.enqueue(sweep(key)).then(asked);
        }
        while (log.open() || (await store.countJobs()).length > 0) await sleep(20);
        await Promise.all(workers.map((worker) => worker.stop({ graceMs: 1000 })));
        log.check();
      },
    ),
    { numRuns: 4 },
  );
});

function sweepKey(name: string): string {
  return `sweep:1:some/${name}`;
}

interface Log {
  readonly ask: (key: string) => () => void;
  readonly begin: (key: string) => (good: boolean) => void;
  /** True while a request has not been taken. */
  readonly open: () => boolean;
  readonly check: () => void;
}

/** Counts what happens in the order in which it happens. */
function newLog(): Log {
  let now = 0;
  const asked: { key: string; at: number; taken: boolean }[] = [];
  const runs: { key: string; begin: number; end: number; good: boolean }[] = [];
  return {
    ask: (key) => {
      const one = { key, at: ++now, taken: false };
      asked.push(one);
      return () => (one.taken = true);
    },
    begin: (key) => {
      const running = runs.filter((run) => run.key === key && run.end === Infinity);
      expect(running).toEqual([]);
      const run = { key, begin: ++now, end: Infinity, good: false };
      runs.push(run);
      return (good) => Object.assign(run, { end: ++now, good });
    },
    open: () => asked.some(({ taken }) => !taken),
    check: () => {
      for (const { key, at } of asked)
        expect(runs.some((run) => run.key === key && run.good && run.begin > at)).toBe(true);
      const good = runs.filter((run) => run.good).length;
      expect(good).toBeLessThanOrEqual(asked.length);
    },
  };
}
