import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { WorldError } from '../../core/model/failures.ts';
import type { Binaries } from './binaries.ts';
import { readyCluster, role } from './cluster.ts';
import { isAway, oneLine } from './failure.ts';
import { launch } from './launch.ts';
import type { Launch } from './launch.ts';
import { locks } from './locks.ts';
import { runningPostmaster } from './postmaster.ts';
import { preparePlace, socketPort } from './private-place.ts';
import type { PrivatePlace } from './private-place.ts';
import { tick } from './wait.ts';

export interface PrivateServerOptions {
  /** Everything lives below it, and nothing else should. */
  readonly dataDir: string;
  /** Folder with `postgres` and `initdb`; without it PG_BIN, the system and the packaged ones are tried. */
  readonly binaries?: string;
  /** Where root starts it: the user to run it as. */
  readonly user?: string;
  /** Settings of PostgreSQL beside ours. */
  readonly settings?: Readonly<Record<string, string>>;
  /** How long a start may take; a large log to recover takes its time. */
  readonly startMs?: number;
  readonly onEvent?: (event: ServerEvent) => void;
}

export type ServerEvent =
  | { readonly kind: 'server-ready'; readonly how: 'started' | 'found'; readonly tookMs: number }
  | { readonly kind: 'server-lost' }
  | { readonly kind: 'server-failed'; readonly why: string };

/** How `pg` reaches it. */
export interface SocketConnection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

/** A PostgreSQL of our own, started again whenever it is gone. */
export interface PrivateServer {
  readonly connection: SocketConnection;
  /** Major version, and where its programs come from. */
  readonly major: number;
  readonly origin: Binaries['origin'];
  /** Stops it, unless another process of ours uses it; that one then stops it. */
  readonly stop: () => Promise<'stopped' | 'shared'>;
}

/** What stays the same while the server comes and goes. */
interface Ground {
  readonly options: PrivateServerOptions;
  readonly place: PrivatePlace;
  readonly binaries: Binaries;
  readonly connection: SocketConnection;
}

/** Our seat on the server: while it is held, nobody of us stops it. */
interface Seat {
  client: pg.Client;
  leaving: boolean;
  /** Under way while the server is lost. */
  returning: Promise<void>;
}

/**
 * Starts the private PostgreSQL of a data folder, or joins one that runs: left behind by a process
 * that was killed, or in use by another.
 */
export async function startPrivateServer(options: PrivateServerOptions): Promise<PrivateServer> {
  const place = await preparePlace(options.dataDir, options.user);
  const binaries = await readyCluster(place, options.binaries);
  const connection = { host: place.socket, port: socketPort, user: role, database: 'postgres' };
  const ground: Ground = { options, place, binaries, connection };
  const seat: Seat = {
    client: await takeSeat(ground),
    leaving: false,
    returning: Promise.resolve(),
  };
  watch(ground, seat);
  return {
    connection,
    major: binaries.major,
    origin: binaries.origin,
    stop: () => leave(ground, seat),
  };
}

/** Joins or starts, whichever it takes, until there is a seat or the time is over. */
async function takeSeat(ground: Ground, seat?: Seat): Promise<pg.Client> {
  const { options, place } = ground;
  const begin = tick();
  const patience = options.startMs ?? 60_000;
  const launches: Launches = { last: undefined, failed: 0 };
  for (let pause = 30; seat?.leaving !== true; pause = Math.min(pause * 1.3, 250)) {
    try {
      const client = await sit(ground.connection);
      const how = launches.last === undefined ? 'found' : 'started';
      options.onEvent?.({ kind: 'server-ready', how, tookMs: Math.round(tick() - begin) });
      return client;
    } catch (error) {
      if (!isAway(error)) throw serverFailure(place, oneLine(error));
      if (tick() - begin > patience) throw tooSlow(place, patience, error);
    }
    await launchIfNeeded(ground, launches);
    await sleep(pause);
  }
  throw serverFailure(place, 'it was not waited for any longer');
}

interface Launches {
  last: Launch | undefined;
  failed: number;
}

/** What looks like a fault may come from another process that starts or kills it: not the first one counts. */
const mostFailures = 4;

async function launchIfNeeded(ground: Ground, launches: Launches): Promise<void> {
  const { options, place, binaries } = ground;
  const end = launches.last?.end();
  if (launches.last !== undefined && end === undefined) return;
  if (end !== undefined && !end.killed && !isRivalry(end.why)) launches.failed += 1;
  if (end !== undefined && launches.failed >= mostFailures) throw serverFailure(place, end.why);
  // What made it end may need a moment to pass.
  if (end !== undefined) await sleep(200);
  const running = (await runningPostmaster(place.cluster)) !== undefined;
  launches.last = running
    ? undefined
    : await launch({ place, binaries, settings: options.settings ?? {} });
}

/** Another process started it in the same moment, or what a killed one left is still going down. */
function isRivalry(end: string): boolean {
  return /lock file ".*" already exists|lock file ".*" is empty|pre-existing shared memory block/.test(
    end,
  );
}

async function sit(connection: SocketConnection): Promise<pg.Client> {
  const client = new pg.Client({
    ...connection,
    application_name: 'pinwheel seat',
    connectionTimeoutMillis: 5000,
  });
  // Without a listener the end of a server would be the end of this process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select pg_advisory_lock_shared($1, $2)', [...locks.seat]);
    return client;
  } catch (error) {
    client.end().catch(() => undefined);
    throw error;
  }
}

function watch(ground: Ground, seat: Seat): void {
  seat.client.once('end', () => {
    if (seat.leaving) return;
    ground.options.onEvent?.({ kind: 'server-lost' });
    seat.returning = returnToSeat(ground, seat);
  });
}

async function returnToSeat(ground: Ground, seat: Seat): Promise<void> {
  for (let pause = 200; !seat.leaving; pause = Math.min(pause * 2, 10_000)) {
    try {
      seat.client = await takeSeat(ground, seat);
      watch(ground, seat);
      return;
    } catch (error) {
      ground.options.onEvent?.({ kind: 'server-failed', why: oneLine(error) });
      await sleep(pause);
    }
  }
}

async function leave({ place }: Ground, seat: Seat): Promise<'stopped' | 'shared'> {
  seat.leaving = true;
  await seat.returning;
  const alone = await standUp(seat.client);
  if (alone) await shutDown(place);
  // Where the server went first, there is nobody to say goodbye to.
  seat.client.end().catch(() => undefined);
  return alone ? 'stopped' : 'shared';
}

/** Gives the seat back; true where no other is taken, and none can be until the server has stopped. */
async function standUp(client: pg.Client): Promise<boolean> {
  try {
    await client.query('select pg_advisory_unlock_shared($1, $2)', [...locks.seat]);
    const { rows } = await client.query<{ alone: boolean }>(
      'select pg_try_advisory_lock($1, $2) as alone',
      [...locks.seat],
    );
    return rows[0]?.alone === true;
  } catch {
    // It is down, or another process of ours is just starting it.
    return false;
  }
}

async function shutDown(place: PrivatePlace): Promise<void> {
  const pid = await runningPostmaster(place.cluster);
  if (pid === undefined) return;
  // Fast: clients are sent away and everything is written. Then immediate: the log is replayed later.
  for (const [signal, patience] of [['SIGINT', 60_000] as const, ['SIGQUIT', 10_000] as const]) {
    process.kill(pid, signal);
    const deadline = tick() + patience;
    while (tick() < deadline) {
      if ((await runningPostmaster(place.cluster)) !== pid) return;
      await sleep(20);
    }
  }
  throw serverFailure(place, `process ${pid} does not stop`);
}

function serverFailure({ log }: PrivatePlace, why: string): WorldError {
  return new WorldError(`the private PostgreSQL failed: ${why}`, `see ${log}`);
}

function tooSlow({ log }: PrivatePlace, patience: number, error: unknown): WorldError {
  return new WorldError(
    `the private PostgreSQL takes no connection after ${Math.round(patience / 1000)} seconds: ${oneLine(error)}`,
    `see ${log}; if it is still recovering, start again and it goes on`,
  );
}
