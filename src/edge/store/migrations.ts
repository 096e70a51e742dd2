import { WorldError } from '../../core/model/failures.ts';
import type { Executor } from './database.ts';

/**
 * In order, each once, after those of pg-boss; one that was released is never changed.
 */
const migrations: readonly string[] = [
  `create table pinwheel.deliveries (
     guid text primary key,
     event text not null,
     action text,
     installation bigint,
     repository text,
     body bytea not null,
     received_at timestamptz not null
   );
   create index deliveries_received_at on pinwheel.deliveries (received_at);
   do $$ begin
     -- A third of the time and two thirds of the bytes of the default, where it was built in.
     alter table pinwheel.deliveries alter body set compression lz4;
   exception when feature_not_supported then null;
   end $$`,
  `create table pinwheel.dead_jobs (
     id uuid primary key,
     key text not null,
     request jsonb not null,
     failures integer not null,
     error text not null,
     enqueued_at timestamptz not null,
     died_at timestamptz not null default now()
   );
   create index dead_jobs_key on pinwheel.dead_jobs (key)`,
  // pg-boss looks for silent workers by reading everything; we look every few seconds.
  `create index pinwheel_running on pinwheel_jobs.job (heartbeat_on) where state = 'active'`,
  `create table pinwheel.builds (
     id text primary key,
     repository text not null,
     head text not null,
     build jsonb not null,
     is_open boolean not null,
     created_at timestamptz not null
   );
   create index builds_head on pinwheel.builds (repository, head);
   create index builds_open on pinwheel.builds (repository) where is_open;
   create table pinwheel.build_cells (
     build text not null references pinwheel.builds on delete cascade,
     position integer not null,
     cell jsonb not null,
     primary key (build, position)
   );
   create table pinwheel.build_runs (
     repository text not null,
     run bigint not null,
     build text not null references pinwheel.builds on delete cascade,
     primary key (repository, run)
   );
   create table pinwheel.requests (
     repository text not null,
     comment bigint not null,
     position integer not null,
     issue integer not null,
     login text not null,
     text text not null,
     result text not null,
     reply text not null,
     at timestamptz not null,
     primary key (repository, comment, position)
   );
   create index requests_at on pinwheel.requests (repository, at)`,
  'alter table pinwheel.requests add told boolean not null default false',
];

/** Brings our tables up to date, in a transaction that holds the lock of migrations. */
export async function migrate(tx: Executor): Promise<void> {
  await tx.query('create schema if not exists pinwheel');
  await tx.query(
    `create table if not exists pinwheel.migrations (
       version integer primary key, applied_at timestamptz not null default now())`,
  );
  const done = await appliedVersion(tx);
  if (done > migrations.length) throw tooNew(done);
  for (const [at, text] of migrations.entries()) {
    if (at < done) continue;
    await tx.query(text);
    await tx.query('insert into pinwheel.migrations (version) values ($1)', [at + 1]);
  }
}

async function appliedVersion(tx: Executor): Promise<number> {
  const [row] = await tx.query<{ version: number }>(
    'select coalesce(max(version), 0)::int as version from pinwheel.migrations',
  );
  return row?.version ?? 0;
}

function tooNew(done: number): WorldError {
  return new WorldError(
    `the store was last used by a newer Pinwheel: it has migration ${done}, and this one knows ${migrations.length}`,
    'run the newer Pinwheel, or give this one another database',
  );
}
