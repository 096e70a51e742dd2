import type { PgBoss } from 'pg-boss';
import { UserError } from '../../core/model/failures.ts';
import { jobKey } from '../../core/model/job.ts';
import { inBatches } from './batches.ts';
import type { Batches } from './batches.ts';
import type { Database, Executor, Transaction } from './database.ts';
import { newJobData } from './job-data.ts';
import { announce } from './notices.ts';
import { asBossDatabase } from './queues.ts';
import { tick, whileAway } from './wait.ts';

/** A verified webhook. */
export interface Delivery {
  /** `X-GitHub-Delivery`: the same for every attempt to deliver it. */
  readonly guid: string;
  readonly event: string;
  readonly action?: string;
  readonly installation?: number;
  /** `owner/name`. */
  readonly repository?: string;
  readonly body: Uint8Array;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
}

/** `known`: it was stored before, and there is nothing to do. */
export type Accepted = 'new' | 'known';

/** GitHub gives up after ten seconds. What comes after our answer must not fail, so we give up earlier. */
export const ingressMs = 7000;

/** A delivery and its job are stored together, and those that come together in one transaction. */
export function acceptor(database: Database, boss: PgBoss): Batches<Delivery, Accepted> {
  return inBatches<Delivery, Accepted>({
    most: 32,
    bytesOf: ({ body }) => body.length,
    mostBytes: 4_000_000,
    mostWaitingBytes: 128_000_000,
    run: (items) =>
      whileAway(tick() + ingressMs - 1000, () =>
        database.transaction((tx) => storeAll(tx, boss, items), ingressMs - 2000),
      ),
  });
}

const columns = 7;

async function storeAll(
  tx: Transaction,
  boss: PgBoss,
  items: readonly Delivery[],
): Promise<readonly Accepted[]> {
  const rows = items.map((_, at) => placeholders(at * columns)).join(', ');
  const stored = await tx.query<{ guid: string }>(
    `insert into pinwheel.deliveries
       (guid, event, action, installation, repository, body, received_at)
     values ${rows} on conflict do nothing returning guid`,
    items.flatMap(asRow),
  );
  const fresh = new Set(stored.map(({ guid }) => guid));
  if (fresh.size === 0) return items.map(() => 'known');
  const jobs = [...fresh].map((guid) => {
    const request = { kind: 'delivery', delivery: guid } as const;
    return { data: newJobData(request), singletonKey: jobKey(request) };
  });
  await boss.insert('deliveries', jobs, { db: asBossDatabase(tx) });
  announce(tx);
  // The first of two with one id is the new one.
  return items.map(({ guid }) => (fresh.delete(guid) ? 'new' : 'known'));
}

function placeholders(from: number): string {
  const names = Array.from({ length: columns - 1 }, (_, at) => `$${from + at + 1}`);
  return `(${names.join(', ')}, to_timestamp($${from + columns}::float8))`;
}

function asRow(delivery: Delivery): readonly unknown[] {
  const { guid, event, action, installation, repository, body, receivedAt } = delivery;
  return [
    guid,
    shown(event),
    action === undefined ? null : shown(action),
    installation ?? null,
    repository === undefined ? null : shown(repository),
    Buffer.from(body.buffer, body.byteOffset, body.byteLength),
    receivedAt / 1000,
  ];
}

/** PostgreSQL has no NUL in texts. The body keeps every byte. */
function shown(text: string): string {
  return text.replaceAll('\0', '').slice(0, 500);
}

/** A guid that cannot be a key is refused before it reaches the others of its batch. */
export function checkGuid(guid: string): void {
  if (/^[\x21-\x7e]{1,200}$/.test(guid)) return;
  throw new UserError(
    'the delivery has no usable id',
    'send an X-GitHub-Delivery header of at most 200 printable characters',
  );
}

interface DeliveryRow {
  readonly guid: string;
  readonly event: string;
  readonly action: string | null;
  readonly installation: string | null;
  readonly repository: string | null;
  readonly body: Buffer;
  readonly received_at: Date;
}

export async function readDelivery(
  database: Executor,
  guid: string,
): Promise<Delivery | undefined> {
  const [row] = await database.query<DeliveryRow>(
    `select guid, event, action, installation, repository, body, received_at
     from pinwheel.deliveries where guid = $1`,
    [guid],
  );
  return row === undefined ? undefined : asDelivery(row);
}

function asDelivery(row: DeliveryRow): Delivery {
  return {
    guid: row.guid,
    event: row.event,
    ...(row.action === null ? {} : { action: row.action }),
    ...(row.installation === null ? {} : { installation: Number(row.installation) }),
    ...(row.repository === null ? {} : { repository: row.repository }),
    body: row.body,
    receivedAt: row.received_at.getTime(),
  };
}

export async function knownDeliveries(
  database: Executor,
  guids: readonly string[],
): Promise<ReadonlySet<string>> {
  if (guids.length === 0) return new Set();
  const rows = await database.query<{ guid: string }>(
    'select guid from pinwheel.deliveries where guid = any($1)',
    [guids],
  );
  return new Set(rows.map(({ guid }) => guid));
}

/** Deletes what is older, a piece at a time; gives how many. */
export async function pruneDeliveries(database: Executor, keepDays: number): Promise<number> {
  for (let sum = 0; ;) {
    const [row] = await database.query<{ count: number }>(
      `with old as (
         select guid from pinwheel.deliveries
         where received_at < now() - $1 * interval '1 day' limit 1000
       ), gone as (
         delete from pinwheel.deliveries d using old where d.guid = old.guid returning 1
       ) select count(*)::int as count from gone`,
      [keepDays],
    );
    sum += row?.count ?? 0;
    if ((row?.count ?? 0) < 1000) return sum;
  }
}
