import { expect, test } from 'vitest';
import { watchedWorker } from '../../../test/support/jobs.ts';
import { useStore } from '../../../test/support/store.ts';
import { nameOf, sweep } from '../../../test/support/sweep.ts';

const used = useStore();

test('a schedule asks again and again, wherever it was made, until it is taken back', async () => {
  await used.store.schedule('sweep.a', '* * * * *', sweep('a'));
  await used.store.schedule('sweep.b', '17 5 * * *', sweep('x'));
  await used.store.schedule('sweep.b', '17 5 29 2 *', sweep('b'));
  expect(await used.store.schedules()).toEqual([
    { name: 'sweep.a', cron: '* * * * *', request: sweep('a') },
    { name: 'sweep.b', cron: '17 5 29 2 *', request: sweep('b') },
  ]);
  // The minute that began before the worker did is due.
  const worker = await watchedWorker(used.store, () => ({ kind: 'done' }), { cronSeconds: 1 });
  await worker.until(() => worker.runs.length === 1);
  expect(nameOf(worker.runs[0]!.request)).toBe('a');
  await used.store.unschedule('sweep.b');
  expect(await used.store.schedules()).toHaveLength(1);
  await expect(used.store.schedule('c', '61 * * * *', sweep('c'))).rejects.toThrow(
    'c: 61 * * * * is no schedule',
  );
  await expect(used.store.schedule('a b', '* * * * *', sweep('c'))).rejects.toThrow(
    '"a b" cannot name a schedule',
  );
});
