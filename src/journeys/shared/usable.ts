import type { Catalog } from '../../core/model/catalog.ts';
import { BrokenRepository, UserError } from '../../core/model/failures.ts';
import type { Snapshot } from '../../core/model/snapshot.ts';
import { readCatalog, readCatalogWithoutImages } from '../../core/formats/catalog.ts';

/** The catalog of a snapshot; throws BrokenRepository where a file cannot be used, so that nobody acts on half of it. */
export function usableCatalog(snapshot: Snapshot): Catalog {
  return withoutProblems(readCatalog(snapshot));
}

/** That of a working tree. One without any series is a wrong folder: "nothing to do" would be no answer. */
export function workingCatalog(snapshot: Snapshot): Catalog {
  const catalog = usableCatalog(snapshot);
  requireSeriesFolders(catalog);
  return catalog;
}

/** That of a working tree, for what is decided about pins and writes nothing: `images` is empty. */
export function workingPins(snapshot: Snapshot): Catalog {
  const catalog = withoutProblems(readCatalogWithoutImages(snapshot));
  requireSeriesFolders(catalog);
  return catalog;
}

function withoutProblems(catalog: Catalog): Catalog {
  if (catalog.problems.length > 0) throw new BrokenRepository(catalog.problems);
  return catalog;
}

export function requireSeriesFolders({ series }: Catalog): void {
  if (series.length > 0) return;
  throw new UserError(
    'there is no releases/<series>/ here',
    'go to the images repository, or name it with --repo',
  );
}
