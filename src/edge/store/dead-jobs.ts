import type { PgBoss } from 'pg-boss';
import type { JobRequest } from '../../core/model/job.ts';
import type { Database, Executor } from './database.ts';
import { enqueueAll } from './enqueue.ts';
import { asBossDatabase } from './queues.ts';
import type { QueueName } from './queues.ts';
import type { Claim } from './job-data.ts';
import { settledOf } from './settled.ts';

/** A job that failed too often, kept until somebody has it run again or a later one of its key succeeds. */
export interface DeadJob {
  readonly id: string;
  readonly key: string;
  readonly request: JobRequest;
  readonly failures: number;
  /** The last failure, in one line. */
  readonly error: string;
  /** Milliseconds since 1970. */
  readonly enqueuedAt: number;
  readonly diedAt: number;
}

interface DeadRow {
  readonly id: string;
  readonly key: string;
  readonly request: JobRequest;
  readonly failures: number;
  readonly error: string;
  readonly enqueued_at: Date;
  readonly died_at: Date;
}

const columns = 'id, key, request, failures, error, enqueued_at, died_at';

/** The newest first, at most a thousand. */
export async function deadJobs(database: Executor): Promise<readonly DeadJob[]> {
  const rows = await database.query<DeadRow>(
    `select ${columns} from pinwheel.dead_jobs order by died_at desc, id limit 1000`,
  );
  return rows.map(({ enqueued_at, died_at, ...row }) => ({
    ...row,
    enqueuedAt: enqueued_at.getTime(),
    diedAt: died_at.getTime(),
  }));
}

/** Has a dead job run again, with all its attempts; false where there is none of this id. */
export async function retryDead(database: Database, boss: PgBoss, id: string): Promise<boolean> {
  if (!/^[0-9a-f-]{36}$/.test(id)) return false;
  return database.transaction(async (tx) => {
    const [row] = await tx.query<{ request: JobRequest }>(
      'delete from pinwheel.dead_jobs where id = $1 returning request',
      [id],
    );
    if (row === undefined) return false;
    await enqueueAll(tx, boss, [{ request: row.request }]);
    return true;
  }, 20_000);
}

export interface Burial {
  readonly queue: QueueName;
  readonly claim: Claim;
  readonly key: string;
  readonly request: JobRequest;
  readonly failures: number;
  readonly error: string;
  readonly enqueuedAt: number;
}

/** Takes a job out of its queue, where it would keep its key from ever running again. */
export async function bury(database: Database, boss: PgBoss, dead: Burial): Promise<boolean> {
  return database.transaction(async (tx) => {
    const options = { db: asBossDatabase(tx) };
    const gone = settledOf(await boss.deleteJob(dead.queue, [dead.claim], options));
    if (gone.size === 0) return false;
    await forgetDead(tx, [dead.key]);
    await tx.query(
      `insert into pinwheel.dead_jobs (id, key, request, failures, error, enqueued_at)
       values ($1, $2, $3, $4, $5, to_timestamp($6::float8))`,
      [
        dead.claim.id,
        dead.key,
        JSON.stringify(dead.request),
        dead.failures,
        dead.error.replaceAll('\0', ''),
        dead.enqueuedAt / 1000,
      ],
    );
    return true;
  }, 20_000);
}

/** A job that ended well, or died anew, speaks for all dead ones of its key. */
export async function forgetDead(database: Executor, keys: readonly string[]): Promise<void> {
  await database.query('delete from pinwheel.dead_jobs where key = any($1)', [keys]);
}

export async function pruneDead(database: Executor, keepDays: number): Promise<void> {
  await database.query(
    `delete from pinwheel.dead_jobs where died_at < now() - $1 * interval '1 day'`,
    [keepDays],
  );
}
