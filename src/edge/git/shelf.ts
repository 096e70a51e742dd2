import { writeBlob } from './write-blob.ts';
import type { Workshop } from './apply-patch.ts';
import { readObjects, sizesOf } from './objects.ts';
import type { ReadPlace } from './objects.ts';
import type { SharedFiles } from './shared-files.ts';
import { openOverlay } from './store.ts';

/**
 * Blobs of one trial: those of the store, and what the trial made of them. These stay in memory until git has
 * to see them, for mostly it need not: then there is no folder to make, to fill and to remove.
 */
export interface Shelf {
  /** Contents by id, of those that are here. */
  read(ids: readonly string[]): Promise<ReadonlyMap<string, Buffer>>;
  /** In bytes, of those that are here. */
  sizesOf(ids: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** The id is that of the content. */
  put(id: string, content: Buffer): Promise<void>;
  /** Where git sees all of them. */
  workshop(): Promise<Workshop>;
  close(): Promise<void>;
}

/** What is held of what was made, in bytes; beyond that it is on disk. */
const mostMade = 16 * 1024 * 1024;
/** Of what was read: a merge reads the same three files again and again. */
const mostRead = 2 * 1024 * 1024;

type Store = Required<ReadPlace>;

export function openShelf(store: Store, files: SharedFiles): Shelf {
  const made = createHeld(mostMade);
  const known = createHeld(mostRead);
  const unseen = new Map<string, Buffer>();
  let opened: ReturnType<typeof openOverlay> | undefined;
  let writing = Promise.resolve();
  async function place(): Promise<Store> {
    return opened ? { ...store, directory: (await opened).directory } : store;
  }
  async function writeUnseen(directory: string): Promise<void> {
    for (const [id, content] of unseen) {
      await writeBlob(directory, content);
      unseen.delete(id);
    }
  }
  async function workshop(): Promise<Workshop> {
    if (!opened) {
      // Never fetched, because what stands for a folder has its id; and no git has it by itself.
      unseen.set('', Buffer.alloc(0));
      opened = openOverlay(store.directory);
    }
    const { directory } = await opened;
    await (writing = writing.then(() => writeUnseen(directory)));
    return { ...store, directory };
  }
  function held(id: string): Buffer | undefined {
    return made.get(id) ?? files.held()?.get(id) ?? known.get(id) ?? unseen.get(id);
  }
  return {
    workshop,
    read: async (ids) => {
      const missing = ids.filter((id) => !held(id));
      const found = new Map(ids.flatMap((id) => entry(id, held(id))));
      if (missing.length === 0) return found;
      for (const [id, { bytes }] of await readObjects(await place(), missing)) {
        found.set(id, bytes);
        known.set(id, bytes);
      }
      return found;
    },
    sizesOf: async (ids) => {
      const missing = ids.filter((id) => !held(id));
      const found = ids.flatMap((id) => entry(id, held(id)?.length));
      return new Map([...found, ...(await sizesOf(await place(), missing))]);
    },
    put: async (id, content) => {
      if (made.get(id)) return;
      unseen.set(id, content);
      if (!made.set(id, content)) await workshop();
    },
    close: async () => {
      await (await opened)?.close();
    },
  };
}

function entry<T>(id: string, value: T | undefined): readonly (readonly [string, T])[] {
  return value === undefined ? [] : [[id, value]];
}

interface Held {
  get(id: string): Buffer | undefined;
  /** False where there was no room, and all was let go. */
  set(id: string, content: Buffer): boolean;
}

function createHeld(most: number): Held {
  const contents = new Map<string, Buffer>();
  let bytes = 0;
  return {
    get: (id) => contents.get(id),
    set: (id, content) => {
      bytes += content.length;
      if (bytes > most) {
        contents.clear();
        bytes = 0;
        return false;
      }
      contents.set(id, content);
      return true;
    },
  };
}
