import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { configuredBinaries, findBinaries } from '../../src/edge/store/binaries.ts';
import { readyCluster } from '../../src/edge/store/cluster.ts';
import { packagedFolder } from '../../src/edge/store/packaged.ts';
import { preparePlace } from '../../src/edge/store/private-place.ts';
import { startPrivateServer } from '../../src/edge/store/private-server.ts';
import type { PrivateServer } from '../../src/edge/store/private-server.ts';
import { openStore } from '../../src/edge/store/store.ts';

/** A database of one test file, with the tables of the store in it. */
export interface TestDatabase {
  /** For `openStore` and for `pg`. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/**
 * All test files share one PostgreSQL, which the first of them starts and the last one stops; its
 * folder stays for the next run. It may forget on a power cut, which makes it quick: what is written
 * about durability is tested on servers of their own.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const server = await testServer();
  const admin = new pg.Client(server.connection);
  await admin.connect();
  await dropForgotten(admin);
  const template = await readyTemplate(admin, server);
  const name = `t_${Math.floor(Date.now() / 1000)}_${randomUUID().slice(0, 8)}`;
  await admin.query(`create database ${name} template ${template}`);
  return {
    url: urlOf(server, name),
    close: async () => {
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
      await server.stop();
    },
  };
}

/** Bin folders of the PostgreSQLs of this machine: of the system, and the packaged one. */
export async function allBinaries(): Promise<readonly { name: string; folder: string }[]> {
  const system = await findBinaries({});
  const packaged = packagedFolder();
  return [
    ...(system?.origin === 'system' ? [{ name: 'of the system', folder: system.folder }] : []),
    ...(packaged === undefined ? [] : [{ name: 'from npm', folder: join(packaged, 'bin') }]),
  ];
}

export interface Scratch {
  /** Registers what is to be done at the end: `onTestFinished` or `afterAll`. */
  readonly after: (work: () => Promise<void>) => void;
  readonly binaries?: string;
}

/**
 * A data folder of its own, with a cluster that need not be initialised: that takes seconds, and is
 * done once for each PostgreSQL.
 */
export async function scratchDataDir({ after, binaries }: Scratch): Promise<string> {
  const dataDir = await emptyDataDir(after);
  const uid = process.getuid?.() ?? 0;
  const major = (await findBinaries(configuredBinaries(binaries)))?.major;
  const cached = join(tmpdir(), `pinwheel-tests-${uid}-${major ?? 0}-cluster`);
  const place = await preparePlace(cached, undefined);
  await readyCluster(place, binaries);
  // Owners and modes, too.
  await promisify(execFile)('cp', ['-a', place.cluster, join(dataDir, 'postgres')]);
  return dataDir;
}

/** A folder that the user who runs PostgreSQL can reach. */
export async function emptyDataDir(after: Scratch['after']): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'pinwheel-data-'));
  await chmod(dataDir, 0o755);
  after(() => rm(dataDir, { recursive: true, force: true }));
  return dataDir;
}

async function testServer(): Promise<PrivateServer> {
  const binaries = await findBinaries(configuredBinaries(undefined));
  const uid = process.getuid?.() ?? 0;
  return startPrivateServer({
    dataDir: join(tmpdir(), `pinwheel-tests-${uid}-${binaries?.major ?? 0}`),
    settings: { fsync: 'off', full_page_writes: 'off', max_connections: '200' },
  });
}

function urlOf({ connection }: PrivateServer, database: string): string {
  const { user, host, port } = connection;
  return `postgres://${user}@${encodeURIComponent(host)}:${port}/${database}`;
}

/** Databases of tests that were killed. */
async function dropForgotten(admin: pg.Client): Promise<void> {
  const { rows } = await admin.query<{ datname: string }>(
    "select datname from pg_database where datname like 't\\_%'",
  );
  for (const { datname } of rows) {
    const age = Date.now() / 1000 - Number(datname.split('_')[1]);
    if (age > 3600) await admin.query(`drop database if exists ${datname} with (force)`);
  }
}

const lock = 7_304_129;

/** One per version of the tables: made by the first who needs it. */
async function readyTemplate(admin: pg.Client, server: PrivateServer): Promise<string> {
  const name = `template_${await versionOfTables()}`;
  await admin.query('select pg_advisory_lock($1)', [lock]);
  try {
    const { rows } = await admin.query('select 1 from pg_database where datname = $1', [name]);
    if (rows.length === 0) await makeTemplate(admin, server, name);
  } finally {
    await admin.query('select pg_advisory_unlock($1)', [lock]);
  }
  return name;
}

async function makeTemplate(admin: pg.Client, server: PrivateServer, name: string): Promise<void> {
  const draft = `draft_${randomUUID().slice(0, 8)}`;
  await admin.query(`create database ${draft}`);
  const store = await openStore({ databaseUrl: urlOf(server, draft) });
  await store.close();
  await admin.query(`alter database ${draft} rename to ${name}`);
}

async function versionOfTables(): Promise<string> {
  const root = join(import.meta.dirname, '..', '..');
  const files = ['src/edge/store/migrations.ts', 'src/edge/store/queues.ts', 'package.json'];
  const texts = await Promise.all(files.map((file) => readFile(join(root, file), 'utf8')));
  return createHash('sha256').update(texts.join('\0')).digest('hex').slice(0, 12);
}
