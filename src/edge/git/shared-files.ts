import type { IndexEntries } from './index-file.ts';
import { readObjects, sizesOf } from './objects.ts';
import { emptyBlob } from './objects-here.ts';
import type { Place, Places } from './place.ts';

/** Files by blob id, as far as they were read. */
type Contents = ReadonlyMap<string, Buffer>;

/** Files of the sources of one repository that are open at the same time, read once for all of them. */
export interface SharedFiles {
  /** With the bytes of blobs, as far as they are known. */
  add(entries: IndexEntries, sizes?: ReadonlyMap<string, number>): void;
  /** By blob id, as far as they are here and can be held. */
  contents(): Promise<Contents>;
  /** The same, where they were read already. */
  held(): Contents | undefined;
}

/** Of all sources of one repository together, in bytes. */
const most = 16 * 1024 * 1024;

export function createSharedFiles(places: Places, url: string): SharedFiles {
  const blobs = new Set<string>();
  const sizes = new Map([[emptyBlob, 0]]);
  let read: Promise<Contents> | undefined;
  let held: Contents | undefined;
  async function readAll(place: Place): Promise<Contents> {
    const unknown = [...blobs].filter((blob) => !sizes.has(blob));
    for (const [blob, size] of await sizesOf(place, unknown)) sizes.set(blob, size);
    let left = most;
    const wanted = [...blobs].filter((blob) => {
      const size = sizes.get(blob) ?? Infinity;
      if (size > left) return false;
      left -= size;
      return true;
    });
    const objects = await readObjects(place, wanted);
    held = new Map([...objects].map(([id, { bytes }]) => [id, bytes] as const));
    return held;
  }
  return {
    add: (entries, known) => {
      for (const { mode, object } of entries.values())
        if (mode.startsWith('100')) blobs.add(object);
      for (const [blob, size] of known ?? []) sizes.set(blob, size);
    },
    held: () => held,
    contents: () => (read ??= places.at('files', url, readAll)),
  };
}
