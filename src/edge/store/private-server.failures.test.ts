import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { emptyDataDir, scratchDataDir } from '../../../test/support/postgres.ts';
import { UserError, WorldError } from '../../core/model/failures.ts';
import { packagedFolder, readyPackaged } from './packaged.ts';
import { startPrivateServer } from './private-server.ts';
import type { PrivateServerOptions } from './private-server.ts';

async function failure(options: PrivateServerOptions): Promise<UserError | WorldError> {
  const error: unknown = await startPrivateServer(options).catch((error: unknown) => error);
  if (!(error instanceof UserError) && !(error instanceof WorldError)) throw error;
  expect(error.message).toMatch(/^[^\n]{20,400}$/);
  expect(error.remedy).toMatch(/^[^\n]{10,200}$/);
  return error;
}

let scratch: string;

beforeAll(async () => {
  scratch = await scratchDataDir({ after: afterAll });
});

describe('one line says what is wrong', () => {
  test('with a cluster of another version', async () => {
    const dataDir = await emptyDataDir(onTestFinished);
    await mkdir(join(dataDir, 'postgres'));
    await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '9\n');
    const error = await failure({ dataDir });
    expect(error.message).toMatch(/postgres was written by PostgreSQL 9, which is not there/);
    expect(error.remedy).toContain('it holds deliveries and jobs, and no decision');
  });

  test('with a folder of something else in its place', async () => {
    const dataDir = await emptyDataDir(onTestFinished);
    await mkdir(join(dataDir, 'postgres'));
    await writeFile(join(dataDir, 'postgres', 'diary.txt'), 'mine');
    expect((await failure({ dataDir })).message).toContain('is not a folder of PostgreSQL');
  });

  test('with a data folder that cannot be made', async () => {
    const parent = await emptyDataDir(onTestFinished);
    await writeFile(join(parent, 'file'), '');
    const error = await failure({ dataDir: join(parent, 'file', 'data') });
    expect(error.message).toMatch(/the data folder .* cannot be made: ENOTDIR/);
  });

  test('with a folder of programs that is none', async () => {
    const dataDir = await emptyDataDir(onTestFinished);
    const error = await failure({ dataDir, binaries: dataDir });
    expect(error.message).toContain('does not hold the programs postgres and initdb');
  });

  test('with a setting that PostgreSQL does not know', async () => {
    const error = await failure({ dataDir: scratch, settings: { shared_bufers: '1MB' } });
    expect(error.message).toContain('unrecognized configuration parameter "shared_bufers"');
    expect(error.remedy).toContain('postgres.log');
  });

  test('with a damaged cluster', async () => {
    await rm(join(scratch, 'postgres', 'global'), { recursive: true });
    const error = await failure({ dataDir: scratch });
    expect(error.message).toMatch(/the private PostgreSQL failed: .*global/);
  });

  test('with a socket folder that others may enter', async () => {
    const dataDir = await emptyDataDir(onTestFinished);
    await mkdir(join(dataDir, 'run'));
    await chmod(join(dataDir, 'run'), 0o777);
    expect((await failure({ dataDir })).message).toMatch(/run is not a folder that only the user/);
  });

  test('with a user that cannot reach it, or is none', async (context) => {
    context.skip(process.getuid?.() !== 0, 'only root runs PostgreSQL as somebody else');
    const parent = await emptyDataDir(onTestFinished);
    await mkdir(join(parent, 'closed'), { mode: 0o700 });
    const error = await failure({ dataDir: join(parent, 'closed', 'data') });
    expect(error.message).toMatch(/lies in .*closed, which the user that runs PostgreSQL/);
    const nobody = await failure({ dataDir: join(parent, 'data'), user: 'no-such-user' });
    expect(nobody.message).toBe('PostgreSQL is to run as no-such-user, and there is no such user');
  });
});

const packaged = packagedFolder();

describe('the packaged programs', () => {
  test('get the links that npm did not let them make', async (context) => {
    context.skip(packaged === undefined, 'npm has no PostgreSQL for this platform');
    const folder = await unlinked();
    const copies = await emptyDataDir(onTestFinished);
    const bin = await readyPackaged({ folder, copies, user: undefined });
    expect(bin).toBe(join(folder, 'bin'));
    expect(await versionOf(bin)).toContain('PostgreSQL');
  });

  test('are copied where their user can reach them', async (context) => {
    context.skip(packaged === undefined, 'npm has no PostgreSQL for this platform');
    context.skip(process.getuid?.() !== 0, 'only root runs PostgreSQL as somebody else');
    const folder = await unlinked();
    await chmod(join(folder, '..'), 0o700);
    const copies = await emptyDataDir(onTestFinished);
    await chmod(copies, 0o755);
    const place = { folder, copies, user: { uid: 65_534, gid: 65_534 } };
    const bin = await readyPackaged(place);
    expect(bin.startsWith(copies)).toBe(true);
    expect(await versionOf(bin, place.user)).toContain('PostgreSQL');
    const made = (await stat(bin)).mtimeMs;
    expect(await readyPackaged(place)).toBe(bin);
    expect((await stat(bin)).mtimeMs).toBe(made);
  });
});

/** As npm leaves the package when it runs no scripts. */
async function unlinked(): Promise<string> {
  const root = join(await emptyDataDir(onTestFinished), 'package');
  await cp(join(packaged ?? '', '..'), root, {
    recursive: true,
    filter: (path) => !/\.so(\.\d+)?$/.test(path) || !/libicu|libpq|libecpg|libpg/.test(path),
  });
  return join(root, 'native');
}

async function versionOf(bin: string, user?: { uid: number; gid: number }): Promise<string> {
  const run = promisify(execFile);
  return (await run(join(bin, 'postgres'), ['--version'], { ...user, cwd: '/' })).stdout;
}
