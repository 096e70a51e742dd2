import type { ThreeWayFact } from '../../core/model/patch-trial.ts';
import { applyHere } from './apply-here.ts';
import { changesBetween } from './apply-patch.ts';
import { doubledPaths } from './doubled-paths.ts';
import type { IndexEntries } from './index-file.ts';
import { mergeEntries } from './merge-entries.ts';
import type { Places } from './place.ts';
import type { Shelf } from './shelf.ts';
import { bringPreImages, findStackedPreImages } from './stacked-bases.ts';
import type { TrialPatch } from './trial-patch.ts';

export interface MergeQuestion {
  readonly url: string;
  /** A ref that contains the source. */
  readonly ref: string;
  readonly patch: TrialPatch;
  /** What the source has at the patch's paths. */
  readonly entries: IndexEntries;
  /** Patches that had their turn before: this one may have been made on top of any. */
  readonly earlier: readonly TrialPatch[];
}

/** Merges a patch's change into a source, from the blobs that the patch was made for. */
export async function mergePatch(
  places: Places,
  shelf: Shelf,
  { url, ref, patch, entries: now, earlier }: MergeQuestion,
): Promise<ThreeWayFact> {
  const request = { url, ref, patch, current: now, earlier };
  const base = await findStackedPreImages(places, shelf, request);
  if (base.unknown.length > 0) return { kind: 'base-unknown', blobs: base.unknown };
  await bringPreImages(places, shelf, { url, ref, entries: base.entries });
  const after = await applyHere(shelf, { patch }, base.entries);
  if (!after.fact.ok) {
    const paths = after.fact.failures.map(({ path }) => path).filter((path) => path !== '');
    return { kind: 'conflict', paths: [...new Set(paths)] };
  }
  const sides = { base: base.entries, ours: now, theirs: after.entries };
  const merged = await mergeEntries(shelf, sides, patch.files);
  if (merged.conflicts.length > 0) return { kind: 'conflict', paths: merged.conflicts };
  const changes = changesBetween(now, merged.entries);
  if (changes.length === 0) return { kind: 'no-op' };
  const results = { ours: now, theirs: after.entries, merged: merged.entries };
  const doubled = await doubledPaths(shelf, patch, results);
  return { kind: 'clean', changes, ...(doubled.length > 0 && { doubled }) };
}
