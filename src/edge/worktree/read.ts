import { readFile, readdir, readlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import pLimit from 'p-limit';
import { catalogRoots } from '../../core/model/catalog-paths.ts';
import { UserError } from '../../core/model/failures.ts';
import type { Snapshot, SnapshotFile } from '../../core/model/snapshot.ts';
import { isMissing, statusOf } from './paths.ts';

/** A place below the root: by its name for us, and by its bytes for the file system (names need not be UTF-8). */
interface Place {
  readonly path: string;
  readonly real: Buffer;
}

type Found = readonly [path: string, file: SnapshotFile];

/** Few enough to leave file descriptors for others. */
const limit = pLimit(32);

/** What the images repository declares as it is on disk, tracked or not. Links are read, never followed. */
export async function readWorkingTree(root: string): Promise<Snapshot> {
  if ((await statusOf(`${root}/.`))?.isDirectory() !== true) {
    throw new UserError(`${root} is not a folder`, 'name the images repository with --repo');
  }
  const found: Found[] = [];
  for (const path of catalogRoots) {
    const folder = dirname(path);
    // lstat of `a/b` follows a link `a`.
    if (folder !== '.' && (await statusOf(`${root}/${folder}`))?.isDirectory() !== true) continue;
    const isRootFile = folder !== '.';
    const all = await collect({ path, real: Buffer.from(`${root}/${path}`) });
    // A root that should be a folder and is none belongs to no catalog, as in a commit.
    found.push(...all.filter(([name]) => isRootFile === (name === path)));
  }
  found.sort(([a], [b]) => (a < b ? -1 : 1));
  return { files: new Map(found) };
}

async function collect(place: Place): Promise<readonly Found[]> {
  const status = await limit(() => statusOf(place.real));
  if (status?.isDirectory() === true) return collectFolder(place);
  if (status?.isSymbolicLink() === true) return readAs('symlink', place);
  // A pipe would be waited for, a device never ends.
  if (status?.isFile() !== true) return [];
  return readAs((status.mode & 0o100) === 0 ? 'file' : 'executable', place);
}

async function collectFolder({ path, real }: Place): Promise<readonly Found[]> {
  const names = await limit(() => orNothing(readdir(real, { encoding: 'buffer' })));
  const inside = (names ?? []).map((name) => ({
    path: `${path}/${name.toString('utf8')}`,
    real: Buffer.concat([real, Buffer.from('/'), name]),
  }));
  const wanted = inside.filter((place) => !place.path.endsWith('/.git'));
  return (await Promise.all(wanted.map(collect))).flat();
}

async function readAs(
  mode: SnapshotFile['mode'],
  { path, real }: Place,
): Promise<readonly Found[]> {
  const bytes = await limit(() =>
    orNothing(mode === 'symlink' ? readlink(real, { encoding: 'buffer' }) : readFile(real)),
  );
  return bytes ? [[path, { mode, bytes }]] : [];
}

/** A file that is removed while we look is not there. */
async function orNothing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
