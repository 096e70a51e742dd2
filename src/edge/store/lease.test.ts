import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { newGate, watchedWorker } from '../../../test/support/jobs.ts';
import { useStore } from '../../../test/support/store.ts';
import { nameOf, sweep } from '../../../test/support/sweep.ts';
import type { Outcome } from '../../core/model/job.ts';

const done: Outcome = { kind: 'done' };
const used = useStore();

describe('a worker that stops', () => {
  test('lets its jobs end, and takes no more', async () => {
    const gate = newGate();
    const worker = await watchedWorker(used.store, async () => {
      await gate.opened;
      return done;
    });
    await used.store.enqueue(sweep('a'));
    await worker.until(() => worker.runs.length === 1);
    const stopped = worker.stop({ graceMs: 5000 });
    await used.store.enqueue(sweep('b'));
    await sleep(150);
    gate.open();
    await stopped;
    expect(worker.events.map(({ kind }) => kind)).toEqual(['started', 'ended']);
    expect(await used.store.countJobs()).toMatchObject([{ state: 'waiting', count: 1 }]);
  });

  test('gives back what takes too long, and that counts as no attempt', async () => {
    const worker = await watchedWorker(used.store, async (_, signal) => {
      await new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(signal.reason as Error);
        });
      });
      return done;
    });
    await used.store.enqueue(sweep('a'));
    await worker.until(() => worker.runs.length === 1);
    await worker.stop({ graceMs: 50 });
    expect(worker.events.at(-1)?.kind).toBe('given-back');
    const next = await watchedWorker(used.store, () => done);
    await next.until(() => next.events.some(({ kind }) => kind === 'ended'));
    expect(next.runs[0]?.attempt).toBe(1);
  });

  test('gives back what does not listen, too', async () => {
    const worker = await watchedWorker(used.store, () => new Promise<Outcome>(() => undefined), {
      abortMs: 100,
    });
    await used.store.enqueue(sweep('a'));
    await worker.until(() => worker.runs.length === 1);
    await worker.stop({ graceMs: 0 });
    expect(worker.events.at(-1)?.kind).toBe('given-back');
    expect(await used.store.countJobs()).toMatchObject([{ state: 'waiting', count: 1 }]);
  });
});

describe('two workers', () => {
  test('share the jobs, and none is run by both', async () => {
    const other = await used.openAnother();
    const names = Array.from({ length: 60 }, (_, at) => `n${at}`);
    async function busy(): Promise<Outcome> {
      await sleep(20);
      return done;
    }
    const workers = [await watchedWorker(used.store, busy), await watchedWorker(other, busy)];
    await Promise.all(names.map((name) => used.store.enqueue(sweep(name))));
    function all(): readonly string[] {
      return workers.flatMap(({ runs }) => runs.map(({ request }) => nameOf(request)));
    }
    await Promise.all(
      workers.map((worker) =>
        Promise.race([worker.until(() => all().length === 60), sleep(10_000)]),
      ),
    );
    expect(all().toSorted()).toEqual(names.toSorted());
    for (const { runs } of workers) expect(runs.length).toBeGreaterThan(5);
  });

  test('that vanish lose their jobs, and are told when they come back', async () => {
    const gate = newGate();
    let heard: unknown;
    const frozen = await watchedWorker(
      used.store,
      async (_, signal) => {
        signal.addEventListener('abort', () => (heard = signal.reason as unknown));
        await gate.opened;
        return done;
      },
      { leaseMs: 2000 },
    );
    await used.store.enqueue(sweep('a'));
    await frozen.until(() => frozen.runs.length === 1);
    // As if it had not been heard of for long: another worker takes the job.
    const other = await used.openAnother();
    const next = await watchedWorker(other, () => done, { leaseMs: 200 });
    await used.sql(`update pinwheel_jobs.job set heartbeat_on = now() - interval '1 hour'`);
    await next.until(() => next.events.some(({ kind }) => kind === 'ended'));
    await frozen.until(() => frozen.events.some(({ kind }) => kind === 'lost'));
    expect(heard).toMatchObject({ message: 'the job was given to another worker' });
    gate.open();
    await sleep(100);
    expect(frozen.events.filter(({ kind }) => kind === 'ended')).toEqual([]);
    expect(next.runs).toMatchObject([{ attempt: 1 }]);
  });
});

test('jobs whose worker is gone run at once where nobody else works', async () => {
  await used.store.enqueue(sweep('a'));
  await used.sql(
    `update pinwheel_jobs.job set state = 'active', started_on = now(), heartbeat_on = now()`,
  );
  const begin = Date.now();
  const worker = await watchedWorker(used.store, () => done);
  await worker.until(() => worker.events.some(({ kind }) => kind === 'ended'));
  expect(Date.now() - begin).toBeLessThan(2000);
  expect(worker.events.map(({ kind }) => kind)).toEqual(['recovered', 'started', 'ended']);
});

test('a late answer of a run that was taken over changes nothing', async () => {
  const gates = [newGate(), newGate()];
  const worker = await watchedWorker(used.store, async () => {
    await gates[worker.runs.length - 1]?.opened;
    return done;
  });
  await used.store.enqueue(sweep('a'));
  await worker.until(() => worker.runs.length === 1);
  await used.sql(`update pinwheel_jobs.job set state = 'retry', start_after = now()`);
  await worker.until(() => worker.runs.length === 2);
  gates[0]?.open();
  await worker.until(() => worker.events.some(({ kind }) => kind === 'lost'));
  expect(await used.store.countJobs()).toMatchObject([{ state: 'running', count: 1 }]);
  gates[1]?.open();
  await worker.until(() => worker.events.some(({ kind }) => kind === 'ended'));
});

test('a job that takes too long is ended, and that is a failure of the world', async () => {
  const worker = await watchedWorker(
    used.store,
    async (_, signal) => {
      await sleep(60_000, undefined, { signal });
      return done;
    },
    { jobMs: 200, worldFailures: 1 },
  );
  await used.store.enqueue(sweep('a'));
  await worker.until(() => worker.events.some(({ kind }) => kind === 'failed'));
  expect(await used.store.deadJobs()).toHaveLength(1);
});
