import { PgBoss } from 'pg-boss';
import type { Db, QueueOptions } from 'pg-boss';
import type { JobKind } from '../../core/model/job.ts';
import type { Database, Executor } from './database.ts';

/** Schema of pg-boss in our database. */
export const bossSchema = 'pinwheel_jobs';

/**
 * Deliveries have a queue of their own, so that hours of work never keep a webhook waiting; `ticks`
 * are what schedules send, and each becomes an ordinary request.
 */
export const queues = ['deliveries', 'work', 'ticks'] as const;
export type QueueName = (typeof queues)[number];

export function queueOf(kind: JobKind): QueueName {
  return kind === 'delivery' ? 'deliveries' : 'work';
}

/** Strict order per key is the one policy under which a waiting job never hides those of other keys. */
const policies: Readonly<Record<QueueName, string>> = {
  deliveries: 'standard',
  work: 'key_strict_fifo',
  ticks: 'standard',
};

export function policyOf(queue: QueueName): string {
  return policies[queue];
}

const day = 86_400;

/**
 * Attempts, backoff and leases are ours (worker.ts), since a `later` and a kill must not count as
 * failures: pg-boss's own limits are set where they are never reached.
 */
const unlimited: QueueOptions = {
  retryLimit: 1_000_000,
  expireInSeconds: day,
  retentionSeconds: 3650 * day,
  deleteAfterSeconds: 2 * day,
};

/** A pg-boss that only sends, fetches and settles; see `caretaker` for the one with timers. */
export async function startBoss(database: Database): Promise<PgBoss> {
  const boss = new PgBoss({
    db: asBossDatabase(database),
    schema: bossSchema,
    supervise: false,
    schedule: false,
  });
  // Timers of its own report here; the statements that we wait for reject.
  boss.on('error', () => undefined);
  try {
    await boss.start();
    for (const name of queues) await readyQueue(boss, name);
  } catch (error) {
    await boss.stop({ graceful: false });
    throw error;
  }
  return boss;
}

async function readyQueue(boss: PgBoss, name: QueueName): Promise<void> {
  // A table each: ten thousand deliveries must not be in the way of those who look for other work.
  await boss.createQueue(name, { ...unlimited, policy: policies[name], partition: true });
  // Known before the first transaction: looked up inside of one it would wait for a connection that
  // the transactions themselves hold. Nothing has this priority.
  await boss.fetch(name, { minPriority: 2_147_483_647 });
}

export interface CaretakerOptions {
  readonly database: Database;
  /** How often schedules are looked at; at most 45. */
  readonly cronSeconds: number;
  readonly onWarning: (message: string) => void;
}

/** A pg-boss that keeps schedules and deletes what is old. Any number may run. */
export async function startCaretaker(options: CaretakerOptions): Promise<PgBoss> {
  const boss = new PgBoss({
    db: asBossDatabase(options.database),
    schema: bossSchema,
    migrate: false,
    supervise: true,
    schedule: true,
    cronMonitorIntervalSeconds: options.cronSeconds,
    cronWorkerIntervalSeconds: Math.min(5, options.cronSeconds),
    maintenanceIntervalSeconds: 3600,
  });
  boss.on('error', (error) => {
    options.onWarning(error.message);
  });
  boss.on('warning', ({ message }) => {
    options.onWarning(message);
  });
  try {
    await boss.start();
  } catch (error) {
    await boss.stop({ graceful: false });
    throw error;
  }
  return boss;
}

/** What pg-boss needs to run its statements in ours: the pool, or a transaction. */
export function asBossDatabase(executor: Executor): Db {
  return {
    executeSql: async (text, values) => ({ rows: [...(await executor.query(text, values))] }),
  };
}
