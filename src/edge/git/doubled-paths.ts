import { holdsTwice, insertedBlocks } from '../../core/formats/doubled-blocks.ts';
import type { PatchedFile } from '../../core/model/patch-content.ts';
import type { IndexEntries } from './index-file.ts';
import type { Shelf } from './shelf.ts';
import type { TrialPatch } from './trial-patch.ts';

/** The source before a merge, what the patch alone comes to on its own base, and the merge. */
interface MergedSides {
  readonly ours: IndexEntries;
  readonly theirs: IndexEntries;
  readonly merged: IndexEntries;
}

/** Paths into which a merge puts a block that stands there already. */
export async function doubledPaths(
  shelf: Shelf,
  patch: TrialPatch,
  sides: MergedSides,
): Promise<readonly string[]> {
  const inserted = insertedBlocks(patch.bytes, patch.files);
  const merges = patch.files.flatMap((file) => {
    const ids = mergedBlobs(file, sides);
    return ids ? [[file.newPath ?? '', ids] as const] : [];
  });
  const blobs = await shelf.read(merges.flatMap(([, ids]) => Object.values(ids)));
  function bytesOf(id: string): Uint8Array {
    return blobs.get(id) ?? new Uint8Array();
  }
  const doubled = [...new Map(merges)].filter(([path, ids]) =>
    holdsTwice(inserted.get(path) ?? [], {
      ours: bytesOf(ids.ours),
      theirs: bytesOf(ids.theirs),
      merged: bytesOf(ids.merged),
    }),
  );
  return doubled.map(([path]) => path);
}

/** Where one side was taken whole, nothing was put beside anything. */
function mergedBlobs(
  { oldPath = '', newPath = '' }: PatchedFile,
  sides: MergedSides,
): Readonly<Record<keyof MergedSides, string>> | undefined {
  const ours = (sides.ours.get(oldPath) ?? sides.ours.get(newPath))?.object;
  const theirs = sides.theirs.get(newPath)?.object;
  const merged = sides.merged.get(newPath)?.object;
  if (ours === undefined || theirs === undefined || merged === undefined) return undefined;
  return merged === ours || merged === theirs ? undefined : { ours, theirs, merged };
}
