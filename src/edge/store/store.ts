import type { PgBoss } from 'pg-boss';
import { UserError } from '../../core/model/failures.ts';
import type { JobRequest } from '../../core/model/job.ts';
import type { Batches } from './batches.ts';
import { buildLedger } from './builds.ts';
import type { BuildLedger } from './builds.ts';
import { countJobs } from './counts.ts';
import type { JobCount } from './counts.ts';
import { openDatabase, wanting } from './database.ts';
import type { Database } from './database.ts';
import { deadJobs, retryDead } from './dead-jobs.ts';
import type { DeadJob } from './dead-jobs.ts';
import { acceptor, checkGuid, ingressMs, knownDeliveries, readDelivery } from './deliveries.ts';
import type { Accepted, Delivery } from './deliveries.ts';
import { enqueuer } from './enqueue.ts';
import type { Enqueued, Enqueuing, EnqueueOptions } from './enqueue.ts';
import { oneLine } from './failure.ts';
import { locks } from './locks.ts';
import { migrate } from './migrations.ts';
import { startPrivateServer } from './private-server.ts';
import type { PrivateServer, PrivateServerOptions, ServerEvent } from './private-server.ts';
import { startBoss } from './queues.ts';
import { requestBook } from './requests.ts';
import type { RequestBook } from './requests.ts';
import { listSchedules, schedule, unschedule } from './schedules.ts';
import type { Schedule } from './schedules.ts';
import { tick, whileAway, within } from './wait.ts';
import { startWorker } from './worker.ts';
import type { Worker, WorkerOptions } from './worker-options.ts';

export type StoreEvent = ServerEvent | { readonly kind: 'warning'; readonly message: string };

interface CommonOptions {
  /** Connections of the pool; a worker has one more. */
  readonly connections?: number;
  readonly onEvent?: (event: StoreEvent) => void;
}

export type StoreOptions =
  /** A server that somebody else runs; sessions must be real ones, so no pooler by transaction. */
  | (CommonOptions & { readonly databaseUrl: string; readonly connectMs?: number })
  /** One of our own in this folder. */
  | (CommonOptions & Omit<PrivateServerOptions, 'onEvent'>);

export interface Health {
  readonly ready: boolean;
  /** Why not. */
  readonly why?: string;
}

/**
 * Deliveries and jobs, on disk when a call resolves. It holds no decision: those are read from
 * GitHub and git, and a store that is lost costs work to be done again.
 */
export interface Store {
  /** Stores a delivery with the job to process it, or finds that it was stored before. */
  readonly acceptDelivery: (delivery: Delivery) => Promise<Accepted>;
  readonly readDelivery: (guid: string) => Promise<Delivery | undefined>;
  /** Those of these ids that were stored. */
  readonly knownDeliveries: (guids: readonly string[]) => Promise<ReadonlySet<string>>;
  /** One that waits with the same key does for both; while one runs, the next is run after it. */
  readonly enqueue: (request: JobRequest, options?: EnqueueOptions) => Promise<Enqueued>;
  readonly deadJobs: () => Promise<readonly DeadJob[]>;
  readonly retryDead: (id: string) => Promise<boolean>;
  readonly countJobs: () => Promise<readonly JobCount[]>;
  /** Enqueues the request at these times (UTC); missed ones once. A name that exists is changed. */
  readonly schedule: (name: string, cron: string, request: JobRequest) => Promise<void>;
  readonly unschedule: (name: string) => Promise<void>;
  readonly schedules: () => Promise<readonly Schedule[]>;
  readonly builds: BuildLedger;
  readonly requests: RequestBook;
  readonly startWorker: (options: WorkerOptions) => Promise<Worker>;
  readonly health: () => Promise<Health>;
  /** Stops the workers without grace if they still run, and the private server unless it is shared. */
  readonly close: () => Promise<void>;
}

export async function openStore(options: StoreOptions): Promise<Store> {
  const server = 'dataDir' in options ? await startPrivateServer(options) : undefined;
  const database = openDatabase({
    connection: 'databaseUrl' in options ? checkedUrl(options.databaseUrl) : serverOf(server),
    connections: options.connections ?? 10,
    onIdleError: (message) => options.onEvent?.({ kind: 'warning', message }),
  });
  try {
    const patience = 'databaseUrl' in options ? (options.connectMs ?? 30_000) : 30_000;
    const boss = await wanting('be opened', () =>
      // A database that is started together with us may need a moment, and may be killed in it.
      whileAway(tick() + patience, () => prepare(database)),
    );
    return asStore({ server, database, boss });
  } catch (error) {
    await database.close();
    await server?.stop();
    throw error;
  }
}

function serverOf(server: PrivateServer | undefined): PrivateServer['connection'] {
  if (server === undefined) throw new Error('there is neither a URL nor a folder');
  return server.connection;
}

function checkedUrl(url: string): string {
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url)) return url;
  // The URL itself may hold a password.
  throw new UserError(
    'DATABASE_URL is not the URL of a PostgreSQL',
    'write it as postgres://user:password@host:5432/database',
  );
}

/** Any number of processes may try at once; pg-boss's own tables are made by one of them, too. */
async function prepare(database: Database): Promise<PgBoss> {
  await checkVersion(database);
  let boss: PgBoss | undefined;
  try {
    return await database.transaction(async (tx) => {
      await tx.query('select pg_advisory_xact_lock($1, $2)', locks.migration);
      boss = await startBoss(database);
      await migrate(tx);
      return boss;
    }, 120_000);
  } catch (error) {
    await boss?.stop({ graceful: false });
    throw error;
  }
}

async function checkVersion(database: Database): Promise<void> {
  const [row] = await database.query<{ version: number }>(
    `select current_setting('server_version_num')::int / 10000 as version`,
  );
  if ((row?.version ?? 0) >= 15) return;
  throw new UserError(
    `the database is PostgreSQL ${row?.version ?? 0}, and 15 is the oldest that is supported`,
    'use a newer server, or none: Pinwheel brings its own',
  );
}

interface Parts {
  readonly server: PrivateServer | undefined;
  readonly database: Database;
  readonly boss: PgBoss;
}

function asStore({ server, database, boss }: Parts): Store {
  const accepted = acceptor(database, boss);
  const enqueued = enqueuer(database, boss);
  const workers: Worker[] = [];
  function enqueue(request: JobRequest, options?: EnqueueOptions): Promise<Enqueued> {
    return wanting('take a job', () => enqueued.add({ request, ...options }));
  }
  async function closeAll(): Promise<void> {
    await Promise.all(workers.map((worker) => worker.stop({ graceMs: 0 })));
    await Promise.all([accepted.idle(), enqueued.idle()]);
    await boss.stop({ graceful: false });
    await database.close();
    await server?.stop();
  }
  let closed: Promise<void> | undefined;
  return {
    acceptDelivery: (delivery) => accept(accepted, delivery),
    readDelivery: (guid) => wanting('read a delivery', () => readDelivery(database, guid)),
    knownDeliveries: (guids) =>
      wanting('look up deliveries', () => knownDeliveries(database, guids)),
    enqueue,
    deadJobs: () => wanting('list dead jobs', () => deadJobs(database)),
    retryDead: (id) => wanting('revive a job', () => retryDead(database, boss, id)),
    countJobs: () => wanting('count jobs', () => countJobs(database)),
    schedule: (name, cron, request) =>
      wanting('keep a schedule', () => schedule(boss, name, { cron, request })),
    unschedule: (name) => wanting('end a schedule', () => unschedule(boss, name)),
    schedules: () => wanting('list schedules', () => listSchedules(boss)),
    builds: buildLedger(database),
    requests: requestBook(database),
    startWorker: async (options) => {
      const base = { database, boss, enqueue: ({ request }: Enqueuing) => enqueue(request) };
      const worker = await wanting('start a worker', () => startWorker(base, options));
      workers.push(worker);
      return worker;
    },
    health: () => health(database),
    close: () => (closed ??= closeAll()),
  };
}

async function accept(batches: Batches<Delivery, Accepted>, delivery: Delivery): Promise<Accepted> {
  checkGuid(delivery.guid);
  const what = 'store a delivery';
  return wanting(what, () => within(ingressMs, what, batches.add(delivery)));
}

async function health(database: Database): Promise<Health> {
  try {
    await within(2000, 'answer', database.query('select 1'));
    return { ready: true };
  } catch (error) {
    return { ready: false, why: oneLine(error) };
  }
}
