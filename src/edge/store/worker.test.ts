import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { newGate, watchedWorker } from '../../../test/support/jobs.ts';
import { useStore } from '../../../test/support/store.ts';
import { nameOf, sweep } from '../../../test/support/sweep.ts';
import { WorldError } from '../../core/model/failures.ts';
import type { Outcome } from '../../core/model/job.ts';

const done: Outcome = { kind: 'done' };
const used = useStore();

describe('jobs of one key', () => {
  test('that wait are one', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => used.store.enqueue(sweep('a'))));
    expect(answers.toSorted()).toEqual(['joined', 'joined', 'new']);
    expect(await used.store.enqueue(sweep('a'))).toBe('joined');
    expect(await used.store.enqueue(sweep('b'))).toBe('new');
    const worker = await watchedWorker(used.store, () => done);
    await worker.until(() => worker.events.filter(({ kind }) => kind === 'ended').length === 2);
    await worker.stop({ graceMs: 1000 });
    expect(worker.runs.map(({ request }) => nameOf(request)).toSorted()).toEqual(['a', 'b']);
  });

  test('run one at a time: what is asked for meanwhile runs once, afterwards', async () => {
    const gate = newGate();
    let running = 0;
    let most = 0;
    const worker = await watchedWorker(used.store, async () => {
      most = Math.max(most, ++running);
      await gate.opened;
      running -= 1;
      return done;
    });
    await used.store.enqueue(sweep('a'));
    await worker.until(() => worker.runs.length === 1);
    const answers = [];
    for (let i = 0; i < 4; i += 1) answers.push(await used.store.enqueue(sweep('a')));
    expect(answers).toEqual(['new', 'joined', 'joined', 'joined']);
    await sleep(200);
    expect(worker.runs).toHaveLength(1);
    gate.open();
    await worker.until(() => worker.events.filter(({ kind }) => kind === 'ended').length === 2);
    await sleep(200);
    expect(worker.runs).toHaveLength(2);
    expect(most).toBe(1);
  });

  test('never keep those of other keys from running', async () => {
    const gate = newGate();
    const worker = await watchedWorker(used.store, async ({ request }) => {
      if (nameOf(request) === 'a') await gate.opened;
      return done;
    });
    await used.store.enqueue(sweep('a'), { priority: 9 });
    await worker.until(() => worker.runs.length === 1);
    await used.store.enqueue(sweep('a'), { priority: 9 });
    await used.store.enqueue(sweep('b'));
    await worker.until(() => worker.runs.length === 2);
    expect(nameOf(worker.runs[1]!.request)).toBe('b');
    gate.open();
  });
});

test('the higher priority goes first, and joining one that waits may raise it', async () => {
  await used.store.enqueue(sweep('low'));
  await used.store.enqueue(sweep('raised'));
  await used.store.enqueue(sweep('high'), { priority: 5 });
  await used.store.enqueue(sweep('raised'), { priority: 9 });
  const worker = await watchedWorker(used.store, () => done, { concurrency: 1 });
  await worker.until(() => worker.runs.length === 3);
  expect(worker.runs.map(({ request }) => nameOf(request))).toEqual(['raised', 'high', 'low']);
});

test('a job waits for its time, and an earlier request brings it forward', async () => {
  const worker = await watchedWorker(used.store, () => done);
  await used.store.enqueue(sweep('soon'), { delayMs: 600 });
  await used.store.enqueue(sweep('later'), { delayMs: 3_600_000 });
  await used.store.enqueue(sweep('forward'), { delayMs: 3_600_000 });
  await used.store.enqueue(sweep('forward'));
  await worker.until(() => worker.events.some(({ kind }) => kind === 'ended'));
  expect(nameOf(worker.runs[0]!.request)).toBe('forward');
  const counts = await used.store.countJobs();
  expect(counts).toMatchObject([{ kind: 'sweep', state: 'scheduled', count: 2 }]);
  await worker.until(() => worker.runs.length === 2);
  expect(nameOf(worker.runs[1]!.request)).toBe('soon');
});

describe('a job that fails', () => {
  test('is tried again, and says how often it was', async () => {
    const worker = await watchedWorker(used.store, ({ attempt }) => {
      if (attempt < 3) throw new Error('not yet');
      return done;
    });
    await used.store.enqueue(sweep('a'));
    await worker.until(() => worker.events.some(({ kind }) => kind === 'ended'));
    expect(worker.runs.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(worker.events.map(({ kind }) => kind)).toEqual([
      ...['started', 'failed', 'started', 'failed', 'started', 'ended'],
    ]);
  });

  test('too often is dead, for all to see, and runs again when somebody says so', async () => {
    let broken = true;
    const worker = await watchedWorker(
      used.store,
      () => {
        if (broken) throw new Error('broken\nin two lines');
        return done;
      },
      { otherFailures: 2 },
    );
    await used.store.enqueue(sweep('a'));
    await worker.until(() => worker.events.filter(({ kind }) => kind === 'failed').length === 2);
    expect(worker.events.at(-1)).not.toHaveProperty('retryInMs');
    const [dead, ...others] = await used.store.deadJobs();
    expect(others).toEqual([]);
    expect(dead).toMatchObject({
      key: 'sweep:1:some/a',
      request: sweep('a'),
      failures: 2,
      error: 'broken in two lines',
    });
    expect(await used.store.countJobs()).toMatchObject([
      { kind: 'sweep', state: 'dead', count: 1 },
    ]);
    broken = false;
    expect(await used.store.retryDead(dead!.id)).toBe(true);
    expect(await used.store.retryDead(dead!.id)).toBe(false);
    await worker.until(() => worker.events.at(-1)?.kind === 'ended');
    expect(worker.runs.at(-1)?.attempt).toBe(1);
    expect(await used.store.deadJobs()).toEqual([]);
  });

  test('of the world has more patience', async () => {
    const worker = await watchedWorker(
      used.store,
      () => {
        throw new WorldError('GitHub is away', 'wait');
      },
      { otherFailures: 1, worldFailures: 4 },
    );
    await used.store.enqueue(sweep('a'));
    await worker.until(() => worker.runs.length === 4);
    await worker.until(() => worker.events.filter(({ kind }) => kind === 'failed').length === 4);
    expect(await used.store.deadJobs()).toMatchObject([{ failures: 4, error: 'GitHub is away' }]);
  });

  test('does not block its key when it is dead, and is forgotten when a later one succeeds', async () => {
    const worker = await watchedWorker(
      used.store,
      () => {
        if (worker.runs.length === 1) throw new Error('once');
        return done;
      },
      { otherFailures: 1 },
    );
    await used.store.enqueue(sweep('a'));
    await worker.until(() => worker.events.some(({ kind }) => kind === 'failed'));
    expect(await used.store.deadJobs()).toHaveLength(1);
    await used.store.enqueue(sweep('a'));
    await worker.until(() => worker.events.some(({ kind }) => kind === 'ended'));
    expect(await used.store.deadJobs()).toEqual([]);
  });

  test('and was asked for again meanwhile waits once, with its pause', async () => {
    const gate = newGate();
    const worker = await watchedWorker(
      used.store,
      async () => {
        await gate.opened;
        throw new Error('no');
      },
      { backoffMs: () => 3_600_000 },
    );
    await used.store.enqueue(sweep('a'));
    await worker.until(() => worker.runs.length === 1);
    expect(await used.store.enqueue(sweep('a'))).toBe('new');
    gate.open();
    await worker.until(() => worker.events.some(({ kind }) => kind === 'failed'));
    expect(await used.store.countJobs()).toMatchObject([{ state: 'scheduled', count: 1 }]);
    expect(await used.store.enqueue(sweep('a'))).toBe('joined');
    await sleep(200);
    expect(worker.runs).toHaveLength(1);
  });
});

test('later means later, uses up no attempt, and holds no worker', async () => {
  const worker = await watchedWorker(
    used.store,
    ({ request }) =>
      nameOf(request) === 'a' && worker.runs.length < 3
        ? { kind: 'later', at: Date.now() + 1200, why: 'the rate limit' }
        : done,
    { concurrency: 1 },
  );
  const begin = Date.now();
  await used.store.enqueue(sweep('a'));
  await worker.until(() => worker.events.some(({ kind }) => kind === 'ended'));
  await used.store.enqueue(sweep('b'));
  await worker.until(() => worker.runs.length === 2);
  expect(Date.now() - begin).toBeLessThan(1100);
  await worker.until(() => worker.runs.length === 3);
  expect(Date.now() - begin).toBeGreaterThan(1150);
  expect(worker.runs.map(({ attempt }) => attempt)).toEqual([1, 1, 1]);
  expect(worker.runs[2]?.id).toBe(worker.runs[0]?.id);
});

test('a time that has passed does not make a job run round and round', async () => {
  const worker = await watchedWorker(used.store, () => ({
    kind: 'later',
    at: 0,
    why: 'no reason',
  }));
  await used.store.enqueue(sweep('a'));
  await sleep(700);
  expect(worker.runs).toHaveLength(1);
});
