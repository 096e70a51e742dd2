import { catalogRoots, isCatalogPath } from '../../core/model/catalog-paths.ts';
import type { Snapshot } from '../../core/model/snapshot.ts';
import { objectId, refName } from './names.ts';
import { createPlaces } from './place.ts';
import type { PlacesOptions } from './place.ts';
import { readEntriesFrom } from './read-files.ts';
import { fileMode } from './repository.ts';

/** An images repository somewhere else, at one commit. */
interface RemoteCommit {
  /** With a token in it, where one is needed: it is shown nowhere. */
  readonly url: string;
  /** Full name of a ref that contains the commit, for servers that refuse ids. */
  readonly ref: string;
  readonly commit: string;
}

/** Reads images repositories elsewhere, and keeps what it got. Rejects with a `WorldError`. */
export interface ImagesMirror {
  /** What the repository declares there; other folders are not fetched. */
  snapshotAt(at: RemoteCommit): Promise<Snapshot>;
}

export function createImagesMirror(options: PlacesOptions): ImagesMirror {
  const places = createPlaces(options);
  return {
    snapshotAt: ({ url, ref, commit }) =>
      places.at('files', url, async (place) => {
        const request = { commit: objectId(commit), ref: refName(ref), paths: catalogRoots };
        const read = await readEntriesFrom(
          place,
          request,
          ({ path, mode }) => isCatalogPath(path) && mode !== '160000',
        );
        const files = read.map(
          ([{ path, mode }, bytes]) => [path, { mode: fileMode(mode), bytes }] as const,
        );
        return { files: new Map(files) };
      }),
  };
}
