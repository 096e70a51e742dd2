import type { Stats } from 'node:fs';
import { readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { UserError } from '../../core/model/failures.ts';
import type { SnapshotFile } from '../../core/model/snapshot.ts';
import { foldersOf, hasOthers, statusOf } from './paths.ts';

type Files = ReadonlyMap<string, SnapshotFile>;
type Found = readonly [path: string, file: SnapshotFile];

/** Few enough to leave file descriptors for others. */
const limit = pLimit(32);

/** Of one file. git takes no more of a patch, and text that is patched is never that long. */
const mostBytes = 1024 ** 3;

/** In place of all that a folder holds: it is to be seen that a file of the folder's name has no place. */
const standIn = '.something';

/**
 * The files at some paths below a folder, as bytes. Links are read and never followed: one that stands where
 * a path wants a folder is given too, and so is a file. Of a folder that stands where a path wants a file,
 * and has more in it than other paths, one made-up name is given.
 */
export async function readPaths(root: string, paths: readonly string[]): Promise<Files> {
  const wanted = new Set(paths);
  const folders = new Map<string, Promise<Stats | undefined>>();
  function folderStatus(path: string): Promise<Stats | undefined> {
    const known = folders.get(path) ?? statusOf(join(root, path));
    folders.set(path, known);
    return known;
  }
  async function readOne(path: string): Promise<readonly Found[]> {
    for (const folder of foldersOf(path)) {
      const status = await folderStatus(folder);
      if (status?.isDirectory() !== true)
        return status ? [await readFound(root, folder, status)] : [];
    }
    const status = await statusOf(join(root, path));
    if (status?.isDirectory() === true) {
      const isFull = await hasOthers(root, path, wanted);
      return isFull ? [[`${path}/${standIn}`, { mode: 'file', bytes: new Uint8Array() }]] : [];
    }
    return status ? [await readFound(root, path, status)] : [];
  }
  const found = await Promise.all([...wanted].map((path) => limit(() => readOne(path))));
  return new Map(found.flat());
}

async function readFound(root: string, path: string, status: Stats): Promise<Found> {
  const real = join(root, path);
  if (status.isSymbolicLink()) {
    return [path, { mode: 'symlink', bytes: await readlink(real, { encoding: 'buffer' }) }];
  }
  // A pipe would be waited for, a device never ends.
  if (!status.isFile()) throw odd(real, 'neither a file nor a folder nor a symbolic link');
  if (status.size > mostBytes) throw odd(real, 'too large for a patch');
  const mode = (status.mode & 0o100) === 0 ? 'file' : 'executable';
  return [path, { mode, bytes: await readFile(real) }];
}

function odd(real: string, what: string): UserError {
  return new UserError(
    `${real} is ${what}`,
    'give a source as upstream has it, or remove the patch that touches this path',
  );
}
