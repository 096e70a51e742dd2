import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import pLimit from 'p-limit';
import type { LimitFunction } from 'p-limit';
import { WorldError } from '../../core/model/failures.ts';
import { GitFailure, mainLine } from './failure.ts';
import { gatherPacks } from './gather-packs.ts';
import { cacheKey, readRemote } from './remote.ts';
import type { Remote } from './remote.ts';
import { discardStore, ensureStore, sweepScratch } from './store.ts';

/** What a store holds of a remote. One kind's objects would make git believe that it has another's. */
type StoreKind =
  /** Single commits with their trees, and files by demand. */
  | 'files'
  /** Commits of whole histories, nothing else. */
  | 'history'
  /** The same with trees. */
  | 'trees'
  /** Commits of the recent parts of histories, nothing else. */
  | 'recent'
  /** The same with trees. */
  | 'recent-trees';

/** A remote and the folder that keeps what was fetched of it. */
export interface Place {
  /** The store. */
  readonly directory: string;
  readonly remote: Remote;
  /** For each git process. */
  readonly deadlineMs: number;
}

export interface Places {
  /** Does some work in a store, alone within this process, whoever asks; a damaged store is replaced, once. */
  at<T>(kind: StoreKind, url: string, work: (place: Place) => Promise<T>): Promise<T>;
  /** The same for what needs no store: the directory is the one of all stores. */
  without<T>(url: string, work: (place: Place) => Promise<T>): Promise<T>;
}

export interface PlacesOptions {
  readonly cacheDir: string;
  readonly deadlineMs: number;
}

/** The stores below a cache folder. Every rejection is a `WorldError` that names the remote. */
export function createPlaces({ cacheDir, deadlineMs }: PlacesOptions): Places {
  const folder = join(cacheDir, 'git');
  let swept: Promise<void> | undefined;

  function ready(): Promise<void> {
    swept ??= sweepScratch(folder).catch((error: unknown) => {
      swept = undefined;
      throw error;
    });
    return swept;
  }
  return {
    at: (kind, url, work) => {
      return named(url, async (remote) => {
        const store = join(folder, `${cacheKey(remote)}${kind === 'files' ? '' : `-${kind}`}.git`);
        await ready();
        const place = { directory: store, remote, deadlineMs };
        return alone(store, () => inStore(place, work));
      });
    },
    without: (url, work) => {
      return named(url, async (remote) => {
        await ready();
        return work({ directory: folder, remote, deadlineMs });
      });
    },
  };
}

interface Lane {
  readonly run: LimitFunction;
  /** Who works or waits in it; the last one takes it away. */
  users: number;
}

/** By path of a store. All readers of a process share them: two that fetch into one store are in each other's way. */
const lanes = new Map<string, Lane>();

async function alone<T>(store: string, work: () => Promise<T>): Promise<T> {
  const path = resolve(store);
  const lane = lanes.get(path) ?? { run: pLimit(1), users: 0 };
  lanes.set(path, lane);
  lane.users += 1;
  try {
    return await lane.run(work);
  } finally {
    lane.users -= 1;
    if (lane.users === 0) lanes.delete(path);
  }
}

/** Each fetch leaves a pack, and git looks into every one of them. */
const mostPacks = 64;

async function inStore<T>(place: Place, work: (place: Place) => Promise<T>): Promise<T> {
  let found: string | undefined;
  try {
    const packs = await ensureStore(place.directory);
    if (packs > mostPacks) await gatherPacks(place);
    found = await identity(place.directory);
    return await work(place);
  } catch (error) {
    if (!isDamage(error)) throw error;
    // Another process may have seen the damage first, and fetches into a new store by now.
    const replaced = found !== undefined && found !== (await identity(place.directory));
    await (replaced ? ensureStore : discardStore)(place.directory);
    return await work(place);
  }
}

function identity(store: string): Promise<string | undefined> {
  return stat(store).then(
    ({ ino, birthtimeMs }) => `${ino} ${birthtimeMs}`,
    () => undefined,
  );
}

/** These read only what a fetch has completed: when they fail, it is no longer complete. */
const readers = /^git (?:ls-tree|cat-file|for-each-ref|show-ref|rev-list|log):/;

/** What git says of its own files. A server's words start with `remote:`. */
const damageWords =
  /^(?:fatal|error): (?!remote|protocol|unable to access 'http).*(?:bad object|corrupt|inflate|loose object|pack(?:file| has| is)|index file|unable to (?:read|mmap|open|create|parse)|not a git repository$|did not send all necessary|missing (?:blob|tree|commit|tag)|could not parse|shallow file|ref .*lock)/im;

/** A machine that has no more of something. */
const scarcity = /too many open files|cannot allocate|out of memory|cannot (?:fork|create thread)/i;

function isDamage(error: unknown): boolean {
  if (error instanceof GitFailure) {
    // Without a code it was killed, say by Ctrl-C or by a kernel that needs its memory.
    if (typeof error.code !== 'number' && error.kind === 'exit') return false;
    if (noRoomWords.test(error.complaint) || scarcity.test(error.complaint)) return false;
    const isOurs = readers.test(error.message) || damageWords.test(error.complaint);
    return error.kind === 'no-directory' || (error.kind === 'exit' && isOurs);
  }
  const code = errnoOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENOTEMPTY' || code === 'EEXIST';
}

function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Reads the URL, and lets every failure of the world begin with it. */
async function named<T>(url: string, work: (remote: Remote) => Promise<T>): Promise<T> {
  const remote = readRemote(url);
  try {
    return await work(remote);
  } catch (error) {
    throw worded(error, remote);
  }
}

function worded(error: unknown, { shown }: Remote): unknown {
  if (error instanceof GitFailure && error.kind === 'exit') {
    const why = mainLine(error.complaint).replace(/^unable to access '[^']*': /, '');
    return new WorldError(`${shown}: ${why || error.message}`, remedyFor(why));
  }
  if (error instanceof WorldError) {
    const { message, remedy, absent } = error;
    // Said by a call within the call.
    if (message.startsWith(`${shown}: `)) return error;
    return new WorldError(`${shown}: ${message}`, remedy, { absent });
  }
  const code = errnoOf(error);
  if (code === undefined) return error;
  return new WorldError(`${shown}: the cache failed: ${(error as Error).message}`, noRoom);
}

const noRoomWords = /no space left|out of diskspace|quota exceeded|read-only file system/i;
const noRoom = 'see that the cache folder can be written and that the disk is not full';

const remedies: readonly (readonly [words: RegExp, remedy: string])[] = [
  [noRoomWords, noRoom],
  [
    /could not read (?:username|password)|authentication|permission denied|\b40[13]\b/i,
    'check the URL, and that it may be read without signing in',
  ],
  [/not found|does not appear to be a git|is this a git repository|not exist/i, 'check the URL'],
  [/couldn't find remote ref/i, 'check that the branch or tag still exists there'],
  [/host key verification/i, "add the host's key to known_hosts"],
  [/dubious ownership/i, 'let the folder belong to the user that runs this'],
];

function remedyFor(why: string): string {
  const hit = remedies.find(([words]) => words.test(why));
  return hit?.[1] ?? 'check the network, and try again later';
}
