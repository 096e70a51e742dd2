import type { Catalog } from '../../core/model/catalog.ts';
import type { Snapshot } from '../../core/model/snapshot.ts';
import { readCatalog } from '../../core/formats/catalog.ts';
import { requireSeriesFolders, withoutProblems } from './refuse.ts';

/** The catalog of a snapshot, all files of which can be used; else throws. */
export function usableCatalog(snapshot: Snapshot): Catalog {
  return withoutProblems(readCatalog(snapshot));
}

/** That of a working tree, which has at least one series. */
export function workingCatalog(snapshot: Snapshot): Catalog {
  const catalog = usableCatalog(snapshot);
  requireSeriesFolders(catalog);
  return catalog;
}
