import type { JobKind } from '../../core/model/job.ts';
import type { Executor } from './database.ts';
import { bossSchema } from './queues.ts';

/** How many jobs of a kind are in a state. Kinds that have none are left out. */
export interface JobCount {
  readonly kind: JobKind;
  /** `scheduled`: not before some time to come, after a failure or a `later` for instance. */
  readonly state: 'waiting' | 'scheduled' | 'running' | 'dead';
  readonly count: number;
  /** Age of the oldest in milliseconds, from when it was asked for. */
  readonly oldestMs: number;
}

export async function countJobs(database: Executor): Promise<readonly JobCount[]> {
  return database.query<{
    kind: JobKind;
    state: JobCount['state'];
    count: number;
    oldestMs: number;
  }>(
    `select kind, state, count(*)::int as count,
       (extract(epoch from now() - min(since)) * 1000)::float8 as "oldestMs"
     from (
       select data->'request'->>'kind' as kind, created_on as since,
         case when state = 'active' then 'running'
              when start_after > now() then 'scheduled'
              else 'waiting' end as state
       from ${bossSchema}.job
       where name in ('deliveries', 'work') and state <= 'active'
       union all
       select request->>'kind', enqueued_at, 'dead' from pinwheel.dead_jobs
     ) as jobs group by kind, state order by kind, state`,
  );
}
