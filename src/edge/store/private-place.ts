import { createHash } from 'node:crypto';
import { chmod, chown, lstat, mkdir, realpath, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { UserError } from '../../core/model/failures.ts';
import { oneLine } from './failure.ts';
import { barrier, findServiceUser } from './service-user.ts';
import type { ServiceUser } from './service-user.ts';

/** Where a private PostgreSQL lives, and who runs it. */
export interface PrivatePlace {
  /** The folder that was asked for. */
  readonly folder: string;
  /** PostgreSQL's own data folder in it. */
  readonly cluster: string;
  /** Folder of the socket; nobody else may enter it. */
  readonly socket: string;
  readonly log: string;
  /** Undefined where it runs as we do. */
  readonly user: ServiceUser | undefined;
}

/** Prepares the folders of a private server, and sees that those who need them can reach them. */
export async function preparePlace(
  dataDir: string,
  configuredUser: string | undefined,
): Promise<PrivatePlace> {
  const folder = await makeFolder(dataDir);
  const cluster = join(folder, 'postgres');
  const user = await findServiceUser(cluster, configuredUser);
  await mustReach(folder, user);
  const socket = socketFolder(folder);
  await ownFolder(socket, user);
  return { folder, cluster, socket, log: join(folder, 'postgres.log'), user };
}

async function makeFolder(dataDir: string): Promise<string> {
  try {
    const created = await mkdir(dataDir, { recursive: true });
    // A strict umask of root would lock out the user that PostgreSQL runs as.
    for (let path = dataDir; created !== undefined; path = dirname(path)) {
      await chmod(path, 0o755);
      if (path === created) break;
    }
    return await realpath(dataDir);
  } catch (error) {
    throw new UserError(
      `the data folder ${dataDir} cannot be made: ${oneLine(error)}`,
      'choose a folder that this user may write to',
    );
  }
}

async function mustReach(folder: string, user: ServiceUser | undefined): Promise<void> {
  if (user === undefined) return;
  const { uid, mode } = await stat(folder);
  // The folder itself is ours to open, as one made by mkdtemp must be; what is around it is not.
  if (uid === process.getuid?.()) await chmod(folder, mode | 0o011);
  const closed = await barrier(folder, user);
  if (closed === undefined) return;
  throw new UserError(
    `the data folder ${folder} lies in ${closed}, which the user that runs PostgreSQL (id ${user.uid}) may not enter`,
    'choose a data folder such as /var/lib/pinwheel, or run this as a plain user',
  );
}

/** Longest path of a socket: 107 bytes on Linux, 103 on macOS. */
const longestSocket = 103;

function socketFolder(folder: string): string {
  const mark = createHash('sha256').update(folder).digest('hex').slice(0, 12);
  const candidates = [
    join(folder, 'run'),
    join(tmpdir(), `pinwheel-${mark}`),
    `/tmp/pinwheel-${mark}`,
  ];
  return candidates.find(fitsSocket) ?? join(folder, 'run');
}

function fitsSocket(path: string): boolean {
  return Buffer.byteLength(join(path, socketName)) <= longestSocket;
}

export const socketPort = 5432;
const socketName = `.s.PGSQL.${socketPort}`;

/** The folder is ours alone: in a shared place somebody else could have made it before us. */
async function ownFolder(path: string, user: ServiceUser | undefined): Promise<void> {
  const uid = user?.uid ?? process.getuid?.() ?? 0;
  const made = await mkdir(path, { recursive: true, mode: 0o700 });
  if (made !== undefined && user !== undefined) await chown(path, user.uid, user.gid);
  const found = await lstat(path);
  if (found.isDirectory() && found.uid === uid && (found.mode & 0o077) === 0) return;
  throw new UserError(
    `${path} is not a folder that only the user with id ${uid} may enter`,
    'move it away, and start again',
  );
}
