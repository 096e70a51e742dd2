import { setTimeout as sleep } from 'node:timers/promises';
import { WorldError } from '../../core/model/failures.ts';
import { isAway } from './failure.ts';

/** Milliseconds that only go forward, for deadlines and leases. */
export function tick(): number {
  return performance.now();
}

/** Asks again while the database is away, until the deadline (in ticks). What is run must bear a repetition. */
export async function whileAway<T>(deadline: number, run: () => Promise<T>): Promise<T> {
  for (let pause = 50; ; pause = Math.min(pause * 2, 1000)) {
    try {
      return await run();
    } catch (error) {
      if (!isAway(error) || tick() + pause >= deadline) throw error;
      await sleep(pause);
    }
  }
}

/** Rejects when the time is over. What was begun goes on, and may still succeed. */
export async function within<T>(limitMs: number, what: string, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const seconds = Math.round(limitMs / 1000);
    reject(
      new WorldError(
        `the store could not ${what} within ${seconds} seconds`,
        'see that PostgreSQL runs and keeps up',
      ),
    );
  }, limitMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
