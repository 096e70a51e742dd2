import type { PgBoss } from 'pg-boss';
import { jobKey } from '../../core/model/job.ts';
import type { JobRequest } from '../../core/model/job.ts';
import { inBatches } from './batches.ts';
import type { Batches } from './batches.ts';
import type { Database, Executor, Transaction } from './database.ts';
import { forBoth, forBothSql } from './for-both.ts';
import { newJobData } from './job-data.ts';
import { keyLocks } from './locks.ts';
import { announce } from './notices.ts';
import { asBossDatabase, bossSchema, policyOf, queueOf } from './queues.ts';
import type { QueueName } from './queues.ts';
import { tick, whileAway } from './wait.ts';

export interface EnqueueOptions {
  /** Not to be run before so many milliseconds are over: a distance, for clocks differ. */
  readonly delayMs?: number;
  /** Higher goes first; 0 without it. */
  readonly priority?: number;
}

export interface Enqueuing extends EnqueueOptions {
  readonly request: JobRequest;
}

/** `joined`: one with the same key waits already, and does for both. */
export type Enqueued = 'new' | 'joined';

/** Requests that come together share a transaction. */
export function enqueuer(database: Database, boss: PgBoss): Batches<Enqueuing, Enqueued> {
  return inBatches<Enqueuing, Enqueued>({
    most: 50,
    bytesOf: () => 1,
    mostBytes: 50,
    mostWaitingBytes: 100_000,
    run: (items) =>
      whileAway(tick() + 10_000, () =>
        database.transaction((tx) => enqueueAll(tx, boss, items), 20_000),
      ),
  });
}

/** In the transaction of the caller. */
export async function enqueueAll(
  tx: Transaction,
  boss: PgBoss,
  items: readonly Enqueuing[],
): Promise<readonly Enqueued[]> {
  const requests = byKey(items);
  await lockKeys(tx, [...requests.keys()]);
  const joined = new Set<string>();
  for (const queue of ['deliveries', 'work'] as const) {
    const here = [...requests.values()].filter(({ request }) => queueOf(request.kind) === queue);
    if (here.length > 0)
      for (const key of await put(tx, boss, { queue, requests: here })) joined.add(key);
  }
  announce(tx);
  const seen = new Set<string>();
  return items.map(({ request }) => {
    const key = jobKey(request);
    const again = seen.has(key) || joined.has(key);
    seen.add(key);
    return again ? 'joined' : 'new';
  });
}

/** Those with one key become one: the newest request, the earliest time, the highest priority. */
function byKey(items: readonly Enqueuing[]): ReadonlyMap<string, Enqueuing> {
  const requests = new Map<string, Enqueuing>();
  for (const item of items) {
    const key = jobKey(item.request);
    const other = requests.get(key);
    const delayMs = Math.min(item.delayMs ?? 0, other?.delayMs ?? Number.MAX_VALUE);
    const priority = Math.max(item.priority ?? 0, other?.priority ?? 0);
    requests.set(key, { request: forBoth(other?.request, item.request), delayMs, priority });
  }
  return requests;
}

/** Two at once would both see that none waits. Locks are taken in one order, so nobody waits in a circle. */
async function lockKeys(tx: Executor, keys: readonly string[]): Promise<void> {
  await tx.query(
    `select pg_advisory_xact_lock($1, lock)
     from (select distinct hashtext(key) as lock from unnest($2::text[]) as key order by 1) as sorted`,
    [keyLocks, keys],
  );
}

interface Put {
  readonly queue: QueueName;
  readonly requests: readonly Enqueuing[];
}

/** Gives the keys of those that joined a waiting one. */
async function put(tx: Executor, boss: PgBoss, { queue, requests }: Put): Promise<Set<string>> {
  const joined = await join(tx, { queue, requests });
  const fresh = requests.filter(({ request }) => !joined.has(jobKey(request)));
  if (fresh.length > 0)
    await boss.insert(
      queue,
      fresh.map((item) => ({
        data: newJobData(item.request),
        singletonKey: jobKey(item.request),
        priority: item.priority ?? 0,
        startAfter: `${secondsUntil(item)} seconds`,
      })),
      { db: asBossDatabase(tx) },
    );
  return joined;
}

/** A job that was put back (failed, or told to come later) keeps its time; others take the earlier one. */
async function join(tx: Executor, { queue, requests }: Put): Promise<Set<string>> {
  const rows = await tx.query<{ key: string }>(
    `update ${bossSchema}.job j
     set data = j.data || jsonb_build_object('request',
           ${forBothSql("(j.data -> 'request')", 'r.request')}),
         priority = greatest(j.priority, r.priority),
         start_after = case when j.state = 'created'
           then least(j.start_after, now() + r.seconds * interval '1 second')
           else j.start_after end
     from json_to_recordset($1::text::json)
       as r (key text, request jsonb, priority integer, seconds float8)
     where j.name = '${queue}' and j.singleton_key = r.key
       and j.state < 'active' and j.policy = '${policyOf(queue)}' and not j.blocked
     returning j.singleton_key as key`,
    [
      JSON.stringify(
        requests.map((item) => ({
          key: jobKey(item.request),
          request: item.request,
          priority: item.priority ?? 0,
          seconds: secondsUntil(item),
        })),
      ),
    ],
  );
  return new Set(rows.map(({ key }) => key));
}

function secondsUntil({ delayMs = 0 }: EnqueueOptions): number {
  return Math.max(0, delayMs) / 1000;
}
