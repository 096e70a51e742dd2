import type { Catalog } from '../../core/model/catalog.ts';
import { BrokenRepository, UserError } from '../../core/model/failures.ts';

/** Throws BrokenRepository where a file cannot be used, so that nobody acts on half of it. */
export function withoutProblems(catalog: Catalog): Catalog {
  if (catalog.problems.length > 0) throw new BrokenRepository(catalog.problems);
  return catalog;
}

/** A working tree without any series is a wrong folder: "nothing to do" would be no answer. */
export function requireSeriesFolders({ series }: Catalog): void {
  if (series.length > 0) return;
  throw new UserError(
    'there is no releases/<series>/ here',
    'go to the images repository, or name it with --repo',
  );
}
