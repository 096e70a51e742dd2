import { spawn } from 'node:child_process';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { allBinaries, emptyDataDir, scratchDataDir } from '../../../test/support/postgres.ts';
import { storeProcess } from '../../../test/support/spoken-process.ts';
import { runningPostmaster } from './postmaster.ts';
import { preparePlace } from './private-place.ts';
import { startPrivateServer } from './private-server.ts';
import type { PrivateServer, PrivateServerOptions, ServerEvent } from './private-server.ts';
import { findServiceUser } from './service-user.ts';

interface Started extends PrivateServer {
  readonly events: readonly ServerEvent[];
}

async function start(options: PrivateServerOptions): Promise<Started> {
  const events: ServerEvent[] = [];
  const server = await startPrivateServer({ ...options, onEvent: (event) => events.push(event) });
  let stopped: ReturnType<PrivateServer['stop']> | undefined;
  function stop(): ReturnType<PrivateServer['stop']> {
    return (stopped ??= server.stop());
  }
  onTestFinished(async () => {
    await stop();
  });
  return { ...server, stop, events };
}

async function ask<T>(server: Pick<PrivateServer, 'connection'>, text: string): Promise<T> {
  const client = new pg.Client(server.connection);
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ answer: T }>(text);
  await client.end();
  return rows[0]?.answer as T;
}

function clusterOf(dataDir: string): string {
  return join(dataDir, 'postgres');
}

describe.each(await allBinaries())('a private PostgreSQL $name', ({ folder: binaries }) => {
  let dataDir: string;

  beforeAll(async () => {
    dataDir = await scratchDataDir({ after: afterAll, binaries });
  });

  test('is started and stopped, and keeps what it was told', async () => {
    const first = await start({ dataDir, binaries });
    await ask(first, 'create table kept as select 42 as answer');
    expect(await ask(first, 'select answer from kept')).toBe(42);
    expect(await first.stop()).toBe('stopped');
    expect(await runningPostmaster(clusterOf(dataDir))).toBeUndefined();
    const second = await start({ dataDir, binaries });
    expect(await ask(second, 'select answer from kept')).toBe(42);
    expect(second.events).toMatchObject([{ kind: 'server-ready', how: 'started' }]);
    expect(await second.stop()).toBe('stopped');
  });

  test('listens on a socket that nobody else can reach, writes safely, and is not root', async () => {
    const server = await start({ dataDir, binaries });
    expect(await ask(server, `select current_setting('listen_addresses') as answer`)).toBe('');
    for (const name of ['fsync', 'full_page_writes', 'synchronous_commit'])
      expect(await ask(server, `select current_setting('${name}') as answer`)).toBe('on');
    const folder = await stat(server.connection.host);
    expect(folder.mode & 0o777).toBe(0o700);
    expect(folder.uid).not.toBe(0);
    const pid = (await runningPostmaster(clusterOf(dataDir))) ?? 0;
    expect((await stat(`/proc/${pid}`).catch(() => folder)).uid).not.toBe(0);
    await server.stop();
  });

  test('that a killed process left behind is taken over', async () => {
    const killed = storeProcess('server', { dataDir, binaries });
    await killed.until('ready');
    await killed.kill();
    const server = await start({ dataDir, binaries });
    expect(server.events).toMatchObject([{ kind: 'server-ready', how: 'found' }]);
    expect(await server.stop()).toBe('stopped');
  });

  test('that is killed comes back by itself', async () => {
    const server = await start({ dataDir, binaries });
    await ask(server, 'create table also as select 42 as answer');
    process.kill((await runningPostmaster(clusterOf(dataDir))) ?? 0, 'SIGKILL');
    while (server.events.length < 3) await sleep(20);
    expect(server.events.map(({ kind }) => kind)).toEqual([
      ...['server-ready', 'server-lost', 'server-ready'],
    ]);
    expect(await ask(server, 'select answer from also')).toBe(42);
    expect(await server.stop()).toBe('stopped');
  });
});

test('two of us share one, which both made; the last one stops it', async () => {
  const dataDir = join(await emptyDataDir(onTestFinished), 'made', 'by', 'us');
  const [one, two] = await Promise.all([start({ dataDir }), start({ dataDir })]);
  await ask(one, 'create table kept as select 42 as answer');
  expect(await ask(two, 'select answer from kept')).toBe(42);
  expect(await one.stop()).toBe('shared');
  expect(await ask(two, 'select answer from kept')).toBe(42);
  expect(await two.stop()).toBe('stopped');
  expect(await runningPostmaster(clusterOf(dataDir))).toBeUndefined();
});

test('one that comes while the last one stops it starts it again', async () => {
  const dataDir = await scratchDataDir({ after: onTestFinished });
  const first = await start({ dataDir });
  const [, second] = await Promise.all([first.stop(), start({ dataDir })]);
  expect(await ask(second, 'select 1 as answer')).toBe(1);
});

test('a process id that belongs to another program by now does not stop it', async () => {
  const dataDir = await scratchDataDir({ after: onTestFinished });
  const user = await findServiceUser(clusterOf(dataDir), undefined);
  const other = spawn('sleep', ['60'], { ...user, stdio: 'ignore' });
  onTestFinished(() => void other.kill());
  const killed = storeProcess('server', { dataDir });
  await killed.until('ready');
  await killed.kill();
  process.kill((await runningPostmaster(clusterOf(dataDir))) ?? 0, 'SIGKILL');
  while ((await runningPostmaster(clusterOf(dataDir))) !== undefined) await sleep(10);
  const pidFile = join(clusterOf(dataDir), 'postmaster.pid');
  const text = await readFile(pidFile, 'utf8');
  await writeFile(pidFile, text.replace(/^\d+/, `${other.pid ?? 0}`));
  const server = await start({ dataDir });
  expect(await ask(server, 'select 1 as answer')).toBe(1);
});

test('a folder with a long name has its socket elsewhere', async () => {
  const parent = await emptyDataDir(onTestFinished);
  const { socket, folder } = await preparePlace(join(parent, 'x'.repeat(120)), undefined);
  onTestFinished(() => rm(socket, { recursive: true }));
  expect(folder).toHaveLength(parent.length + 121);
  expect(socket.length).toBeLessThan(90);
  expect((await stat(socket)).mode & 0o777).toBe(0o700);
  expect((await preparePlace(folder, undefined)).socket).toBe(socket);
});
