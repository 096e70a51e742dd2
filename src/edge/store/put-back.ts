import type { JobRequest } from '../../core/model/job.ts';
import type { Executor } from './database.ts';
import { forBothSql } from './for-both.ts';
import type { Claim } from './job-data.ts';
import { bossSchema, queues } from './queues.ts';
import type { QueueName } from './queues.ts';

/**
 * pg-boss has no way to put an active job back that is not a failure of it, so these two statements
 * write its table themselves. The state `retry` makes the next fetch raise `retry_count`, which
 * fences off the run that was. pg-boss's version is pinned, and the tests of this folder guard it.
 *
 * A request that came while the job ran waits under the same key. It goes, and the job that is put back does
 * for both. `failed` is what the statement puts back.
 */
const waiting = `
  waiting as (
    delete from ${bossSchema}.job w using failed
    where w.name = failed.name and w.singleton_key = failed.singleton_key
      and w.state = 'created' and w.policy = 'key_strict_fifo' and not w.blocked
    returning w.name, w.singleton_key, w.data -> 'request' as request
  )`;

const requestForBoth = `coalesce((
    select jsonb_build_object('request', ${forBothSql("(j.data -> 'request')", 'w.request')})
    from waiting w where w.name = j.name and w.singleton_key = j.singleton_key limit 1
  ), '{}')`;

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
    `with failed as (
       select id, name, singleton_key from ${bossSchema}.job
       where name = $1 and id = $2 and retry_count = $3 and state = 'active'
       for update
     ), ${waiting}
     update ${bossSchema}.job j
     set state = 'retry', start_after = now() + $4 * interval '1 millisecond',
         data = j.data || $5::jsonb || ${requestForBoth}, output = $6::jsonb
     from failed where j.name = failed.name and j.id = failed.id
     returning 1`,
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
    `with failed as (
       select id, name, singleton_key from ${bossSchema}.job
       where name = any($1) and state = 'active'
         and heartbeat_on <= now() - $2 * interval '1 millisecond'
       for update
     ), ${waiting}
     update ${bossSchema}.job j
     set state = 'retry',
         start_after = now() + interval '1 second' *
           least(10, power(2, greatest(0, coalesce((j.data->>'interrupted')::int, 0) - 3)) - 1),
         data = j.data || ${requestForBoth} || jsonb_build_object(
           'interrupted', coalesce((j.data->>'interrupted')::int, 0) + 1)
     from failed where j.name = failed.name and j.id = failed.id
     returning j.id, j.data->'request' as request, (j.data->>'interrupted')::int as interrupted`,
    [queues, silentMs],
  );
}
