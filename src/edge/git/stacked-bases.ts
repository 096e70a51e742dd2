import { applyHere } from './apply-here.ts';
import type { IndexEntry } from './index-file.ts';
import type { Places } from './place.ts';
import { findPreImages } from './pre-images.ts';
import type { PreImageRequest, PreImages } from './pre-images.ts';
import type { Shelf } from './shelf.ts';
import { bringBlobs } from './source-entries.ts';
import { patchPaths } from './trial-patch.ts';
import type { TrialPatch } from './trial-patch.ts';

/** A patch whose base is looked for, and those that stand before it in its queue. */
export interface StackedRequest extends PreImageRequest {
  readonly earlier: readonly TrialPatch[];
}

/**
 * The pre-images of a patch, also where no upstream ever had them: a patch of a queue was made on what
 * those before it left. They are then applied to their own bases, as they were at that time.
 */
export async function findStackedPreImages(
  places: Places,
  shelf: Shelf,
  { earlier, ...request }: StackedRequest,
): Promise<PreImages> {
  const plain = await findPreImages(places, request);
  if (plain.unknown.length === 0 || earlier.length === 0) return plain;
  const made: (readonly [path: string, entry: IndexEntry])[] = [];
  for (const patch of foundations(request.patch, earlier)) {
    const { entries, unknown } = await findPreImages(places, { ...request, patch, made });
    if (unknown.length > 0) continue;
    await bringPreImages(places, shelf, { ...request, entries });
    const applied = await applyHere(shelf, { patch }, entries);
    if (applied.fact.ok) made.push(...applied.entries);
  }
  return made.length > 0 ? findPreImages(places, { ...request, made }) : plain;
}

/** Fetches the blobs of a base that are not here. What was made here, no server has. */
export async function bringPreImages(
  places: Places,
  shelf: Shelf,
  { url, ref, entries }: Pick<PreImageRequest, 'url' | 'ref'> & Pick<PreImages, 'entries'>,
): Promise<void> {
  const ids = [...entries.values()].map(({ object }) => object);
  const sizes = await shelf.sizesOf(ids);
  const missing = new Set(ids.filter((id) => !sizes.has(id)));
  if (missing.size === 0) return;
  const wanted = new Map([...entries].filter(([, { object }]) => missing.has(object)));
  await places.at('files', url, (place) => bringBlobs(place, ref, [wanted]));
}

/** Those of the earlier patches on which it can stand, in their order: by files that they share, in one step or several. */
function foundations(patch: TrialPatch, earlier: readonly TrialPatch[]): readonly TrialPatch[] {
  const wanted = new Set(patchPaths(patch));
  const found: TrialPatch[] = [];
  for (const one of earlier.toReversed()) {
    const paths = patchPaths(one);
    if (!paths.some((path) => wanted.has(path))) continue;
    for (const path of paths) wanted.add(path);
    found.unshift(one);
  }
  return found;
}
