import type { Catalog } from '../../core/model/catalog.ts';
import { BrokenRepository } from '../../core/model/failures.ts';
import type { Snapshot } from '../../core/model/snapshot.ts';
import { readCatalog } from '../../core/formats/catalog.ts';

/** The catalog of a snapshot; throws BrokenRepository where a file cannot be used, so that nobody acts on half of it. */
export function usableCatalog(snapshot: Snapshot): Catalog {
  const catalog = readCatalog(snapshot);
  if (catalog.problems.length > 0) throw new BrokenRepository(catalog.problems);
  return catalog;
}
