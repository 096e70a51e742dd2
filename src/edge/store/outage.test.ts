import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { watchedWorker } from '../../../test/support/jobs.ts';
import { scratchDataDir } from '../../../test/support/postgres.ts';
import { sweep } from '../../../test/support/sweep.ts';
import { runningPostmaster } from './postmaster.ts';
import { openStore } from './store.ts';

test('PostgreSQL is killed: what is asked meanwhile waits, what runs goes on, and all of it ends', async () => {
  const dataDir = await scratchDataDir({ after: onTestFinished });
  const store = await openStore({ dataDir });
  onTestFinished(() => store.close());
  const worker = await watchedWorker(store, async () => {
    if (worker.runs.length === 1) {
      process.kill((await runningPostmaster(join(dataDir, 'postgres'))) ?? 0, 'SIGKILL');
      const calls = Array.from({ length: 20 }, (_, at) =>
        store.acceptDelivery({
          guid: `guid-${at}`,
          event: 'push',
          body: Buffer.of(),
          receivedAt: Date.now(),
        }),
      );
      // One that was written before its answer came is known when it is asked for again.
      for (const answer of await Promise.all(calls)) expect(['new', 'known']).toContain(answer);
      await store.enqueue(sweep('b'));
    }
    return { kind: 'done' };
  });
  await store.enqueue(sweep('a'));
  await worker.until(() => worker.events.filter(({ kind }) => kind === 'ended').length === 22);
  expect(worker.runs).toHaveLength(22);
  expect(await store.countJobs()).toEqual([]);
  expect(await store.health()).toEqual({ ready: true });
});
