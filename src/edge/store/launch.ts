import { spawn } from 'node:child_process';
import { open, readFile, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Binaries } from './binaries.ts';
import { postgresEnvironment } from './cluster.ts';
import { oneLine } from './failure.ts';
import { writtenPid } from './postmaster.ts';
import type { PrivatePlace } from './private-place.ts';

/** One start of PostgreSQL. It outlives us if we are killed; the next one of us finds it. */
export interface Launch {
  /** Undefined while it runs. */
  readonly end: () => LaunchEnd | undefined;
}

interface LaunchEnd {
  /** The last serious line of its log. */
  readonly why: string;
  /** Somebody killed it: it would start if it were tried again. */
  readonly killed: boolean;
}

export interface LaunchOptions {
  readonly place: PrivatePlace;
  readonly binaries: Binaries;
  /** Over those below; for tests and for machines that are larger. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Small, and safe: fsync and full_page_writes stay as PostgreSQL has them, which is on. */
const smallSettings = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  shared_buffers: '16MB',
  max_connections: '50',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '256MB',
  autovacuum_max_workers: '2',
  max_parallel_workers: '0',
  jit: 'off',
  log_min_messages: 'warning',
  log_statement: 'none',
  log_min_error_statement: 'panic',
} as const;

/** Longer logs are begun anew at a start. */
const longestLog = 1_000_000;

export async function launch(options: LaunchOptions): Promise<Launch> {
  const { place, binaries } = options;
  const begin = await logLength(place.log);
  const log = await open(place.log, 'a', 0o600);
  const stale = await writtenPid(place.cluster);
  let ended: LaunchEnd | undefined;
  const child = spawn(join(binaries.folder, 'postgres'), commandLine(options), {
    ...place.user,
    cwd: '/',
    // A process id that was written before a crash may belong to another program by now. We have
    // looked (postmaster.ts); PostgreSQL takes the id of its grandparent for no rival.
    env: {
      ...postgresEnvironment(),
      ...(stale === undefined ? {} : { PG_GRANDPARENT_PID: `${stale}` }),
    },
    stdio: ['ignore', log.fd, log.fd],
    // A session of its own: Ctrl-C in our terminal is for us, and we stop it in good order.
    detached: true,
  });
  child.once('error', (error) => (ended = { why: oneLine(error), killed: false }));
  child.once('exit', (_code, signal) => {
    const own = { log: place.log, begin, pid: child.pid ?? 0 };
    void lastWord(own).then((why) => (ended = { why, killed: signal !== null }));
  });
  child.unref();
  await log.close();
  return { end: () => ended };
}

function commandLine({ place, binaries, settings }: LaunchOptions): readonly string[] {
  const all = {
    ...smallSettings,
    // Three more processes would read ahead for a database that fits in memory.
    ...(binaries.major >= 18 ? { io_method: 'sync' } : {}),
    unix_socket_directories: place.socket,
    ...settings,
  };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', place.cluster, ...flags];
}

async function logLength(log: string): Promise<number> {
  const size = (await stat(log).catch(() => undefined))?.size ?? 0;
  if (size <= longestLog) return size;
  await truncate(log);
  return 0;
}

/** What it tells those who connect too early or too late says nothing about itself. */
const toClients = /FATAL: +(the database system is|terminating connection)/;

interface OwnLog {
  readonly log: string;
  readonly begin: number;
  /** Others may write to the same file. What is said before there is a log has no number. */
  readonly pid: number;
}

async function lastWord({ log, begin, pid }: OwnLog): Promise<string> {
  const text = (await readFile(log).catch(() => Buffer.alloc(0))).subarray(begin).toString();
  const lines = text
    .split('\n')
    .filter((line) => line.trim() !== '' && !toClients.test(line))
    .filter((line) => line.includes(`[${pid}]`) || !/\[\d+\]/.test(line));
  const word = lines.findLast((line) => /FATAL|PANIC|error/i.test(line)) ?? lines.at(-1);
  return oneLine(word?.replace(/^.*?(?:FATAL|PANIC): +/, '') ?? 'it ended without a word');
}
