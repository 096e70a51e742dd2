import type { JobRequest } from '../../core/model/job.ts';
import type { Executor } from './database.ts';
import type { Claim } from './job-data.ts';
import { bossSchema, queues } from './queues.ts';
import type { QueueName } from './queues.ts';

/**
 * pg-boss has no way to put an active job back that is not a failure of it, so these two statements
 * write its table themselves. The state `retry` makes the next fetch raise `retry_count`, which
 * fences off the run that was. pg-boss's version is pinned, and the tests of this folder guard it.
 *
 * A request that came while the job ran waits under the same key. It goes: the job that is put
 * back will read the same world.
 */
const mergeWaiting = `
  merged as (
    delete from ${bossSchema}.job w using back
    where w.name = back.name and w.singleton_key = back.singleton_key
      and w.state = 'created' and w.policy = 'key_strict_fifo' and not w.blocked
  )`;

export interface PutBack {
  readonly queue: QueueName;
  readonly claim: Claim;
  readonly delayMs: number;
  readonly failures: number;
  /** Kept for people to read. */
  readonly why: string;
}

/** False where the job is no longer this claim's. */
export async function putBack(database: Executor, job: PutBack): Promise<boolean> {
  const rows = await database.query(
    `with back as (
       update ${bossSchema}.job j
       set state = 'retry', start_after = now() + $4 * interval '1 millisecond',
           data = j.data || $5::jsonb, output = $6::jsonb
       where j.name = $1 and j.id = $2 and j.retry_count = $3 and j.state = 'active'
       returning j.name, j.singleton_key
     ), ${mergeWaiting}
     select 1 from back`,
    [
      job.queue,
      job.claim.id,
      job.claim.retryCount,
      Math.max(0, Math.round(job.delayMs)),
      JSON.stringify({ failures: job.failures, interrupted: 0 }),
      JSON.stringify({ why: job.why }),
    ],
  );
  return rows.length > 0;
}

export interface Reclaimed {
  readonly id: string;
  readonly request: JobRequest;
  /** How often in a row this happened to it. */
  readonly interrupted: number;
}

/**
 * Gives jobs back whose worker has not been heard of for so long. The first times they run again at
 * once; one that seems to kill its workers waits a little, at most ten seconds, and is never given up.
 */
export async function reclaim(database: Executor, silentMs: number): Promise<readonly Reclaimed[]> {
  return database.query<{ id: string; request: JobRequest; interrupted: number }>(
    `with back as (
       update ${bossSchema}.job j
       set state = 'retry',
           start_after = now() + interval '1 second' *
             least(10, power(2, greatest(0, coalesce((j.data->>'interrupted')::int, 0) - 3)) - 1),
           data = j.data || jsonb_build_object('interrupted', coalesce((j.data->>'interrupted')::int, 0) + 1)
       where j.name = any($1) and j.state = 'active'
         and j.heartbeat_on <= now() - $2 * interval '1 millisecond'
       returning j.id, j.name, j.singleton_key, j.data
     ), ${mergeWaiting}
     select id, data->'request' as request, (data->>'interrupted')::int as interrupted from back`,
    [queues, silentMs],
  );
}
