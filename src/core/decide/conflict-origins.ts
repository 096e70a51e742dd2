import type { ConflictOrigin, PatchOrigins, PlaceOrigin } from '../model/conflict-origin.ts';
import type { PatchConflict, PatchVerdict } from '../model/patch-verdict.ts';
import { counts } from './patch-queue.ts';

type Conflict = Extract<PatchVerdict, { readonly verdict: 'conflict' }>;

/**
 * A conflict with what history says of its places. git names the first hunk of a file that does not fit; the
 * others come from history. `earlier` are the verdicts on the patches before it in its queue.
 */
export function withOrigins(
  verdict: Conflict,
  { places }: PatchOrigins,
  earlier: readonly PatchVerdict[],
): Conflict {
  const named = verdict.conflicts.map((conflict) => {
    const place = places.find((one) => isSame(one, conflict));
    return place ? { ...conflict, ...originOf(place, earlier) } : conflict;
  });
  const others = places.flatMap((place): readonly PatchConflict[] => {
    const file = verdict.conflicts.find(({ path }) => path === place.path);
    const known = verdict.conflicts.some((conflict) => isSame(place, conflict));
    if (!file || known || place.hunk === undefined) return [];
    const { origin, ...where } = place;
    return [{ ...where, why: file.why, ...originOf({ ...place, origin }, earlier) }];
  });
  return { ...verdict, conflicts: [...named, ...others].sort((a, b) => a.line - b.line) };
}

function isSame(place: PlaceOrigin, { path, line }: PatchConflict): boolean {
  return place.path === path && place.line === line;
}

/** Nothing where nothing was found: an origin without a name in it explains nothing. */
function originOf(
  { path, origin }: PlaceOrigin,
  earlier: readonly PatchVerdict[],
): { readonly origin?: ConflictOrigin } {
  if (origin.cause === 'base-unknown') return { origin };
  if (origin.commits.length + origin.missing.length > 0) return { origin };
  const patches = earlier
    .filter(({ verdict, files }) => counts(verdict) && files.includes(path))
    .map((patch) => patch.path);
  return patches.length > 0 ? { origin: { ...origin, cause: 'queue', patches } } : {};
}
