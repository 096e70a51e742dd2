import { isOrdinaryFile } from './objects.ts';
import { objectId, refName, treePath } from './names.ts';
import { createPlaces } from './place.ts';
import type { PlacesOptions } from './place.ts';
import { listFilesFrom, readEntriesFrom, textOf } from './read-files.ts';

/** Two commits of a component, and a folder to compare. */
interface NewFilesRequest {
  readonly url: string;
  /** Full name of a ref that contains both commits, for servers that refuse ids. */
  readonly ref: string;
  readonly from: string;
  readonly to: string;
  readonly folder: string;
}

/** Reads what came to a folder between two commits. Rejects with a `WorldError`. */
export interface NewFilesReader {
  /** Texts by path, of files whose content the first commit does not have in that folder. */
  newFiles(request: NewFilesRequest): Promise<ReadonlyMap<string, string>>;
}

/** A series has some hundred; more than this is no folder of notes. */
const mostFiles = 300;

export function createNewFilesReader(options: PlacesOptions): NewFilesReader {
  const places = createPlaces(options);
  return {
    newFiles: ({ url, ref, from, to, folder }) =>
      places.at('files', url, async (place) => {
        const paths = [treePath(folder)];
        const before = { commit: objectId(from), ref: refName(ref), paths };
        const known = new Set((await listFilesFrom(place, before)).map(({ object }) => object));
        const fresh = new Set<string>();
        const after = { ...before, commit: objectId(to) };
        for (const entry of await listFilesFrom(place, after)) {
          const isNew = isOrdinaryFile(entry) && !known.has(entry.object);
          if (isNew && fresh.size < mostFiles) fresh.add(entry.path);
        }
        if (fresh.size === 0) return new Map();
        const read = await readEntriesFrom(place, after, ({ path }) => fresh.has(path));
        return new Map(read.map(([{ path }, bytes]) => [path, textOf(bytes)]));
      }),
  };
}
