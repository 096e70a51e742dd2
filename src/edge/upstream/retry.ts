import { setTimeout as sleep } from 'node:timers/promises';
import pRetry from 'p-retry';
import { HttpFailure } from './http-failure.ts';

const retries = 2;
const firstDelayMs = 200;
/** With less than this part of the deadline left, another attempt would only end in a timeout. */
const worthwhile = 0.1;

/**
 * Tries up to three times within a deadline, after failures that may pass. An attempt gets at most
 * half of the deadline, so that a server that hung once is asked again.
 */
export function retrying<T>(
  attempt: (timeoutMs: number) => Promise<T>,
  deadlineMs: number,
): Promise<T> {
  const end = performance.now() + deadlineMs;
  function left(): number {
    return end - performance.now();
  }
  return pRetry(() => attempt(Math.max(1, Math.min(left(), deadlineMs / 2))), {
    retries,
    minTimeout: firstDelayMs,
    factor: 3,
    randomize: true,
    maxRetryTime: deadlineMs,
    shouldRetry: ({ error }) => isPassing(error) && left() > deadlineMs * worthwhile,
    onFailedAttempt: async ({ error, retriesLeft }) => {
      if (!isPassing(error) || error.waitMs === undefined || retriesLeft === 0) return;
      if (error.waitMs >= left()) throw error;
      await sleep(error.waitMs);
    },
  });
}

function isPassing(error: Error): error is HttpFailure {
  return error instanceof HttpFailure && error.passing;
}
