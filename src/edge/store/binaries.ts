import { execFile } from 'node:child_process';
import { access, constants, readdir, realpath } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { UserError } from '../../core/model/failures.ts';
import { packagedFolder } from './packaged.ts';

/** The programs of one PostgreSQL. */
export interface Binaries {
  /** Folder with `postgres` and `initdb`. */
  readonly folder: string;
  readonly major: number;
  readonly origin: 'configured' | 'system' | 'packaged';
}

/** What pg-boss and this store are tried on begins here. */
const oldestMajor = 15;

export interface BinariesWanted {
  /** A folder that somebody chose. */
  readonly configured?: string;
  /** Only this major version will do: a cluster exists already. */
  readonly major?: number;
}

/** The folder that somebody chose: for this server, or for this machine. */
export function configuredBinaries(chosen: string | undefined): Pick<BinariesWanted, 'configured'> {
  const configured = chosen ?? process.env['PG_BIN'];
  return configured === undefined ? {} : { configured };
}

/** The configured PostgreSQL, else the newest of the system, else the packaged one. */
export async function findBinaries(wanted: BinariesWanted): Promise<Binaries | undefined> {
  if (wanted.configured !== undefined) {
    const chosen = await inspect(resolve(wanted.configured), 'configured');
    if (chosen === undefined) throw notBinaries(wanted.configured);
    return fits(chosen, wanted) ? chosen : undefined;
  }
  const system = await systemBinaries();
  return system.find((found) => fits(found, wanted)) ?? (await packagedBinaries(wanted));
}

async function packagedBinaries(wanted: BinariesWanted): Promise<Binaries | undefined> {
  const folder = packagedFolder();
  if (folder === undefined) return undefined;
  const found = await inspect(join(folder, 'bin'), 'packaged');
  return found !== undefined && fits(found, wanted) ? found : undefined;
}

function fits({ major }: Binaries, wanted: BinariesWanted): boolean {
  return wanted.major === undefined ? major >= oldestMajor : major === wanted.major;
}

function notBinaries(folder: string): UserError {
  return new UserError(
    `${folder} does not hold the programs postgres and initdb`,
    'name the bin folder of a PostgreSQL server, or leave the setting out',
  );
}

/** Newest first, each once. */
async function systemBinaries(): Promise<readonly Binaries[]> {
  const folders = new Set<string>();
  for (const folder of [...(await versionedFolders()), ...pathFolders()]) {
    const real = await realFolder(folder);
    if (real !== undefined) folders.add(real);
  }
  const found = await Promise.all([...folders].map((folder) => inspect(folder, 'system')));
  return found.filter((one) => one !== undefined).toSorted((a, b) => b.major - a.major);
}

/** Where Debian, Red Hat and Homebrew keep one folder per major version. */
async function versionedFolders(): Promise<readonly string[]> {
  const places = [
    { parent: '/usr/lib/postgresql', name: /^\d+$/ },
    { parent: '/usr', name: /^pgsql-\d+$/ },
    { parent: '/opt/homebrew/opt', name: /^postgresql@\d+$/ },
    { parent: '/usr/local/opt', name: /^postgresql@\d+$/ },
  ];
  const found = await Promise.all(
    places.map(async ({ parent, name }) => {
      const entries = await readdir(parent).catch(() => []);
      return entries.filter((entry) => name.test(entry)).map((entry) => join(parent, entry, 'bin'));
    }),
  );
  return found.flat();
}

function pathFolders(): readonly string[] {
  return (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder.startsWith('/'));
}

/** Debian links single programs into the PATH; PostgreSQL finds its files beside the real one. */
async function realFolder(folder: string): Promise<string | undefined> {
  try {
    const program = await realpath(join(folder, 'postgres'));
    return program.slice(0, program.lastIndexOf('/'));
  } catch {
    return undefined;
  }
}

async function inspect(folder: string, origin: Binaries['origin']): Promise<Binaries | undefined> {
  try {
    await access(join(folder, 'initdb'), constants.X_OK);
    const { stdout } = await promisify(execFile)(join(folder, 'postgres'), ['--version']);
    const major = /\(PostgreSQL\) (\d+)/.exec(stdout)?.[1];
    return major === undefined ? undefined : { folder, major: Number(major), origin };
  } catch {
    return undefined;
  }
}
