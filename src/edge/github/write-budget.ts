import pLimit from 'p-limit';
import { RetryLater } from '../../core/model/failures.ts';

/** Writes of one installation: one after the other, and no more in a minute and an hour than GitHub wants. */
export interface WriteBudget {
  /**
   * Rejects with a `RetryLater` where they are used up, or GitHub told one of them to come later: no worker
   * sleeps. `work` rejects with what GitHub's answer means to us.
   */
  spend<T>(work: () => Promise<T>): Promise<T>;
}

const minute = 60_000;
const hour = 3_600_000;

/**
 * GitHub asks for at most 80 writes that make content in a minute, and 500 in an hour; some are left for
 * others. Several processes have a budget each.
 */
export function createWriteBudget(now: () => number, mostPerMinute = 72): WriteBudget {
  const lane = pLimit(1);
  const windows = [
    { lasts: minute, most: mostPerMinute, why: "the minute's writes to GitHub are used up" },
    { lasts: hour, most: mostPerMinute * 6.25, why: "the hour's writes to GitHub are used up" },
  ] as const;
  let spent: readonly number[] = [];
  let paused: RetryLater | undefined;

  function refuse(): void {
    if (paused && paused.at > now()) throw paused;
    for (const { lasts, most, why } of windows) {
      const within = spent.filter((at) => at > now() - lasts);
      const [oldest] = within;
      if (oldest !== undefined && within.length >= most) throw new RetryLater(why, oldest + lasts);
    }
  }
  return {
    spend: (work) =>
      lane(async () => {
        refuse();
        spent = [...spent.filter((at) => at > now() - hour), now()];
        try {
          return await work();
        } catch (error) {
          if (error instanceof RetryLater) paused = error;
          throw error;
        }
      }),
  };
}
