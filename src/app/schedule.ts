import type { Store } from '../edge/store/store.ts';
import { lastWord } from './worker.ts';

type ScheduleStore = Pick<Store, 'schedule' | 'enqueue' | 'deadJobs'>;

/** Work that comes by the clock. Any number of processes may say so: each time is taken once. */
export async function startSchedules(store: ScheduleStore): Promise<void> {
  await store.schedule('recover-deliveries', '*/10 * * * *', { kind: 'recover-deliveries' });
  await store.schedule('report-builds', '* * * * *', { kind: 'report-builds' });
  await store.schedule('sweep-all', '0 * * * *', { kind: 'sweep-all' });
  await catchUp(store);
}

/** What may have been missed while nothing ran. */
async function catchUp(store: ScheduleStore): Promise<void> {
  // Short, and what people wait for may come of them: not behind all that was waiting already.
  await store.enqueue({ kind: 'recover-deliveries' }, { priority: 2 });
  await store.enqueue({ kind: 'report-builds' }, { priority: 2 });
  await store.enqueue({ kind: 'sweep-all', everything: true });
  for (const { request } of await store.deadJobs()) {
    const job = lastWord(request);
    if (job) await store.enqueue(job);
  }
}
