import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { putFile, sweepLeftovers, temporaryName } from './leftovers.ts';

/*
 * A store is a bare repository that keeps objects of one remote, and nothing else: no refs, no shallow
 * file. git only ever reads in it. Each fetch happens in a scratch repository of its own, which has the
 * store as an alternate, and the packs that it completed are then put into the store by renaming them. So
 * two processes share nothing that git locks, a kill leaves nothing behind that stops the next one, and a
 * git that outlives its killed parent writes into a folder that nobody will ever look at.
 *
 * What a fetch completed is remembered as a list of refs in `held`. It is a hint for the next fetch ("I
 * have these and all they need"); it is replaced as a whole, and the last writer wins.
 */

/** A ref line of `held` and of `packed-refs`: name to object id. */
export type Refs = ReadonlyMap<string, string>;

/** Makes the store's repository where there is none, and counts its packs. Safe when two do it at once. */
export async function ensureStore(store: string): Promise<number> {
  const names = await readdir(join(store, 'objects', 'pack')).catch(() => undefined);
  if (names === undefined) await createStore(store);
  return (names ?? []).filter(isIndex).length;
}

async function createStore(store: string): Promise<void> {
  const fresh = join(dirname(store), temporaryName());
  try {
    await makeSkeleton(fresh);
    await mkdir(join(fresh, 'objects', 'pack'), { recursive: true });
    await rename(fresh, store);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    // Another process was quicker, which is as good. Else something is in the way that is no store.
    if (!(await exists(join(store, 'objects', 'pack')))) throw error;
  }
}

/** Throws a store away: it holds nothing that could not be fetched again. */
export async function discardStore(store: string): Promise<void> {
  const gone = join(dirname(store), temporaryName());
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

/** A scratch repository that reads the store's objects and keeps new ones to itself, until `keepPacks`. */
export async function openScratch(store: string, known: Known): Promise<Scratch> {
  const scratch = join(dirname(store), temporaryName());
  function close(): Promise<void> {
    return rm(scratch, { recursive: true, force: true });
  }
  try {
    await makeSkeleton(scratch);
    await mkdir(join(scratch, 'objects', 'info'), { recursive: true });
    // Relative to the object folder: a path that needs no quotes, whatever the cache folder is called.
    const alternate = `../../${basename(store)}/objects\n`;
    await writeFile(alternatesOf(scratch), alternate);
    const lines = [...known.refs].map(([name, object]) => `${object} ${name}\n`);
    if (lines.length > 0) await writeFile(join(scratch, 'packed-refs'), lines.join(''));
    const shallow = known.shallow.map((commit) => `${commit}\n`).join('');
    if (shallow !== '') await writeFile(join(scratch, 'shallow'), shallow);
  } catch (error) {
    await close();
    throw error;
  }
  return { directory: scratch, close };
}

/** The same without refs. */
export function openOverlay(store: string): Promise<Scratch> {
  return openScratch(store, { refs: new Map(), shallow: [] });
}

function alternatesOf(scratch: string): string {
  return join(scratch, 'objects', 'info', 'alternates');
}

/**
 * Puts the packs that a fetch completed into the store. The `.pack` goes first and the `.idx` last, because
 * git takes a pack for one that is whole when it sees the `.idx`.
 */
export async function keepPacks(scratch: string): Promise<void> {
  const names = await readdir(join(scratch, 'objects', 'pack')).catch((): string[] => []);
  const stems = names.filter(isIndex).map(stemOf);
  for (const stem of stems) await movePack(scratch, stem, names);
}

/** Finishes what a killed process began to move: its `.pack` is in the store, the `.idx` is not. */
async function finishMoves(scratch: string): Promise<void> {
  const names = await readdir(join(scratch, 'objects', 'pack')).catch((): string[] => []);
  const begun = names.filter(isIndex).filter((name) => !names.includes(`${stemOf(name)}.pack`));
  for (const stem of begun.map(stemOf)) await movePack(scratch, stem, names);
}

function isIndex(name: string): boolean {
  return /^pack-[0-9a-f]+\.idx$/.test(name);
}

function stemOf(name: string): string {
  return name.replace(/\.[^.]*$/, '');
}

async function movePack(scratch: string, stem: string, names: readonly string[]): Promise<void> {
  const from = join(scratch, 'objects', 'pack');
  const alternate = await readFile(alternatesOf(scratch), 'utf8');
  const to = join(scratch, 'objects', alternate.trimEnd(), 'pack');
  const order = ['.pack', '.rev', '.promisor', '.idx'].map((suffix) => `${stem}${suffix}`);
  for (const name of order.filter((text) => names.includes(text))) {
    await rename(join(from, name), join(to, name));
  }
}

/** What earlier fetches completed. */
export async function readHeld(store: string): Promise<Refs> {
  const text = await readFile(join(store, 'held'), 'utf8').catch(() => '');
  const lines = text.split('\n').map((line) => /^([0-9a-f]{40}) (refs\/\S+)$/.exec(line));
  return new Map(lines.flatMap((match) => (match ? [[match[2] ?? '', match[1] ?? '']] : [])));
}

export async function writeHeld(store: string, refs: Refs): Promise<void> {
  const lines = [...refs].map(([name, object]) => `${object} ${name}\n`);
  await putFile(dirname(store), join(store, 'held'), lines.join(''));
}

/** Removes what killed processes left in the folder of the stores. */
export async function sweepScratch(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await sweepLeftovers(folder, finishMoves);
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

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
