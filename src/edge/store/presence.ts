import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Database } from './database.ts';
import { locks } from './locks.ts';
import { reclaim } from './put-back.ts';
import type { Reclaimed } from './put-back.ts';
import { bossSchema } from './queues.ts';

/**
 * Every worker holds a shared lock for as long as it lives. Who can have it alone knows that nobody
 * works, so that jobs which are still marked as running have lost their worker: they are given back
 * at once, without waiting for their leases to end.
 */
export async function joinWorkers(
  client: pg.Client,
  database: Database,
): Promise<readonly Reclaimed[]> {
  const alone = await lockAlone(client, database);
  const orphans = alone ? await reclaim(database, 0) : [];
  await rejoinWorkers(client);
  if (alone) await client.query('select pg_advisory_unlock($1, $2)', [...locks.worker]);
  return orphans;
}

/** Later on, on another connection: jobs that run may well be ours. */
export async function rejoinWorkers(client: pg.Client): Promise<void> {
  await client.query('select pg_advisory_lock_shared($1, $2)', [...locks.worker]);
}

async function lockAlone(client: pg.Client, database: Database): Promise<boolean> {
  await othersAreBack(database);
  // The connection of a process that was just killed may take a moment to be noticed.
  for (let tries = 0; tries < 10 && (await someRun(database)); tries += 1) {
    const { rows } = await client.query<{ alone: boolean }>(
      'select pg_try_advisory_lock($1, $2) as alone',
      [...locks.worker],
    );
    if (rows[0]?.alone === true) return true;
    await sleep(100);
  }
  return false;
}

/** Workers that live hold no lock right after PostgreSQL itself was started again. */
const returnMs = 1500;

async function othersAreBack(database: Database): Promise<void> {
  const [row] = await database.query<{ upMs: number }>(
    `select (extract(epoch from now() - pg_postmaster_start_time()) * 1000)::float8 as "upMs"`,
  );
  const rest = returnMs - (row?.upMs ?? 0);
  if (rest > 0 && (await someRun(database))) await sleep(rest);
}

async function someRun(database: Database): Promise<boolean> {
  const rows = await database.query(
    `select 1 from ${bossSchema}.job where state = 'active' and name in ('deliveries', 'work', 'ticks') limit 1`,
  );
  return rows.length > 0;
}
