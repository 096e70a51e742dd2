import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/*
 * A store is a bare repository that keeps objects of one remote, and nothing else: no refs, no shallow
 * file. Each fetch happens in a scratch repository of its own, whose object folder is the store's. So two
 * processes share nothing that git locks, and a kill leaves nothing behind that stops the next one: git
 * puts a pack in its place when it is complete, by renaming it.
 *
 * What a fetch completed is remembered as a list of refs in `held`. It is a hint for the next fetch ("I
 * have these and all they need"); it is replaced as a whole, and the last writer wins.
 */

const hour = 3_600_000;
/** Each fetch leaves a pack. Where there are this many, fetching once more is better than searching them. */
const mostPacks = 256;

/** A ref line of `held` and of `packed-refs`: name to object id. */
export type Refs = ReadonlyMap<string, string>;

/** Makes the store's repository where there is none. Safe when two processes do it at once. */
export async function ensureStore(store: string): Promise<void> {
  const packs = await readdir(join(store, 'objects', 'pack')).catch(() => undefined);
  if (packs === undefined) {
    await createStore(store);
    return;
  }
  if (packs.filter((name) => name.endsWith('.pack')).length > mostPacks) await discardStore(store);
  // What killed processes left.
  await removeOld(join(store, 'objects', 'pack'), 'tmp_');
  await removeOld(store, 'held-');
}

async function createStore(store: string): Promise<void> {
  const fresh = join(dirname(store), scratchName());
  await makeSkeleton(fresh);
  await mkdir(join(fresh, 'objects', 'pack'), { recursive: true });
  try {
    await rename(fresh, store);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    // Another process was quicker, which is as good. Else something is in the way that is no store.
    if (!(await exists(join(store, 'objects', 'pack')))) throw error;
  }
}

/** Throws a store away: it holds nothing that could not be fetched again. */
export async function discardStore(store: string): Promise<void> {
  const gone = join(dirname(store), scratchName());
  // Renamed first: nobody is to find a store that is half removed.
  await rename(store, gone).catch(ignoreMissing);
  await rm(gone, { recursive: true, force: true });
  await createStore(store);
}

interface Known {
  readonly refs: Refs;
  readonly shallow: readonly string[];
}

/** Lets `work` fetch into the store from a repository that has only the given refs. */
export async function withScratch<T>(
  store: string,
  known: Known,
  work: (directory: string) => Promise<T>,
): Promise<T> {
  const scratch = await openScratch(store, known);
  try {
    return await work(scratch.directory);
  } finally {
    await scratch.close();
  }
}

/** A repository for a while. Whoever is killed before `close` leaves it to `sweepScratch`. */
export interface Scratch {
  readonly directory: string;
  close(): Promise<void>;
}

/** A scratch repository whose objects are the store's. */
export function openScratch(store: string, known: Known): Promise<Scratch> {
  return newScratch(store, async (directory) => {
    await symlink(join('..', basename(store), 'objects'), join(directory, 'objects'));
    const lines = [...known.refs].map(([name, object]) => `${object} ${name}\n`);
    if (lines.length > 0) await writeFile(join(directory, 'packed-refs'), lines.join(''));
    const shallow = known.shallow.map((commit) => `${commit}\n`).join('');
    if (shallow !== '') await writeFile(join(directory, 'shallow'), shallow);
  });
}

/** A scratch repository that reads the store's objects and keeps new ones to itself. */
export function openOverlay(store: string): Promise<Scratch> {
  return newScratch(store, async (directory) => {
    await mkdir(join(directory, 'objects', 'info'), { recursive: true });
    // Relative to the object folder: a path that needs no quotes, whatever the cache folder is called.
    const alternate = `../../${basename(store)}/objects\n`;
    await writeFile(join(directory, 'objects', 'info', 'alternates'), alternate);
  });
}

async function newScratch(
  store: string,
  fill: (directory: string) => Promise<void>,
): Promise<Scratch> {
  const directory = join(dirname(store), scratchName());
  function close(): Promise<void> {
    return rm(directory, { recursive: true, force: true });
  }
  try {
    await makeSkeleton(directory);
    await fill(directory);
  } catch (error) {
    await close();
    throw error;
  }
  return { directory, close };
}

/** What earlier fetches completed. */
export async function readHeld(store: string): Promise<Refs> {
  const text = await readFile(join(store, 'held'), 'utf8').catch(() => '');
  const lines = text.split('\n').map((line) => /^([0-9a-f]{40}) (refs\/\S+)$/.exec(line));
  return new Map(lines.flatMap((match) => (match ? [[match[2] ?? '', match[1] ?? '']] : [])));
}

export async function writeHeld(store: string, refs: Refs): Promise<void> {
  const fresh = join(store, `held-${randomUUID()}`);
  const lines = [...refs].map(([name, object]) => `${object} ${name}\n`);
  await writeFile(fresh, lines.join(''));
  await rename(fresh, join(store, 'held'));
}

/** Removes what killed processes left in the folder of the stores. */
export async function sweepScratch(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await removeOld(folder, scratchPrefix);
}

const scratchPrefix = 'scratch-';

function scratchName(): string {
  return `${scratchPrefix}${randomUUID()}`;
}

/** The least that git takes for a bare repository; `git init` would add hooks and a process. */
async function makeSkeleton(directory: string): Promise<void> {
  await mkdir(join(directory, 'refs'), { recursive: true });
  await writeFile(join(directory, 'HEAD'), 'ref: refs/heads/main\n');
  await writeFile(
    join(directory, 'config'),
    '[core]\n\trepositoryformatversion = 0\n\tbare = true\n',
  );
}

/** An hour is longer than any call may take, so that nobody is still using it. */
async function removeOld(folder: string, prefix: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((text) => text.startsWith(prefix))) {
    const path = join(folder, name);
    const status = await stat(path).catch(() => undefined);
    if (status && Date.now() - status.mtimeMs > hour) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
