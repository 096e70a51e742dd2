import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { UserError } from '../../core/model/failures.ts';

/** Who runs PostgreSQL, where that is not us: it refuses to run as root. */
export interface ServiceUser {
  readonly uid: number;
  readonly gid: number;
}

const usual = ['pinwheel', 'postgres', 'nobody'] as const;

/**
 * The user for a private server that root starts; undefined where we are not root.
 * An existing cluster belongs to somebody already, and stays with them.
 */
export async function findServiceUser(
  cluster: string,
  configured: string | undefined,
): Promise<ServiceUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(cluster).catch(() => undefined);
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  for (const name of configured === undefined ? usual : [configured]) {
    const user = await lookUp(name);
    if (user !== undefined) return user;
  }
  throw new UserError(
    configured === undefined
      ? `PostgreSQL does not run as root, and there is no user ${usual.join(', ')} to run it`
      : `PostgreSQL is to run as ${configured}, and there is no such user`,
    'add a user such as pinwheel, or run this as a plain user',
  );
}

async function lookUp(name: string): Promise<ServiceUser | undefined> {
  try {
    const [uid, gid] = await Promise.all([idOf('-u', name), idOf('-g', name)]);
    return uid > 0 ? { uid, gid } : undefined;
  } catch {
    return undefined;
  }
}

async function idOf(which: '-u' | '-g', name: string): Promise<number> {
  const { stdout } = await promisify(execFile)('id', [which, '--', name]);
  return Number(stdout.trim());
}

/** The first folder on the way to a path that the user may not pass, if there is one. */
export async function barrier(path: string, user: ServiceUser): Promise<string | undefined> {
  const folders: string[] = [];
  for (let folder = path; ; folder = dirname(folder)) {
    folders.unshift(folder);
    if (folder === dirname(folder)) break;
  }
  for (const folder of folders) {
    const { uid, gid, mode } = await stat(folder);
    const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0;
    if (((mode >> shift) & 1) === 0) return folder;
  }
  return undefined;
}
