import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { newGate, watchedWorker } from '../../../test/support/jobs.ts';
import { useStore } from '../../../test/support/store.ts';
import { nameOf, sweep } from '../../../test/support/sweep.ts';
import type { Outcome } from '../../core/model/job.ts';

const done: Outcome = { kind: 'done' };
const used = useStore();

test('deliveries are run beside other work, and leave no job behind', async () => {
  const gate = newGate();
  const worker = await watchedWorker(
    used.store,
    async ({ request }) => {
      if (request.kind === 'sweep') await gate.opened;
      return done;
    },
    { concurrency: 1 },
  );
  await used.store.enqueue(sweep('long'));
  await worker.until(() => worker.runs.length === 1);
  const guids = Array.from({ length: 30 }, (_, at) => `guid-${at}`);
  await Promise.all(
    guids.map((guid) =>
      used.store.acceptDelivery({ guid, event: 'push', body: Buffer.of(), receivedAt: Date.now() }),
    ),
  );
  await worker.until(() => worker.events.filter(({ kind }) => kind === 'ended').length === 30);
  expect(
    worker.runs
      .slice(1)
      .map(({ request }) => nameOf(request))
      .toSorted(),
  ).toEqual(guids.toSorted());
  const left = await used.sql(`select 1 from pinwheel_jobs.job where name = 'deliveries'`);
  expect(left).toEqual([]);
  gate.open();
});

test('old deliveries and dead jobs are swept out', async () => {
  const day = 86_400_000;
  for (const [guid, age] of [['old', 31] as const, ['young', 29] as const])
    await used.store.acceptDelivery({
      guid,
      event: 'push',
      body: Buffer.of(),
      receivedAt: Date.now() - age * day,
    });
  const worker = await watchedWorker(used.store, () => done);
  await worker.until(() => worker.events.filter(({ kind }) => kind === 'ended').length === 2);
  while ((await used.store.knownDeliveries(['old'])).size > 0) await sleep(20);
  expect(await used.store.knownDeliveries(['old', 'young'])).toEqual(new Set(['young']));
});
