import { applyPatch, withChanges } from './apply-patch.ts';
import type { Application, Workshop } from './apply-patch.ts';
import type { IndexEntries } from './index-file.ts';
import { writeBlob } from './merge-entries.ts';
import { readObjects, sizesOf } from './objects.ts';
import { applyOwn } from './own-apply.ts';
import type { Pieces } from './own-apply.ts';
import { patchPaths } from './trial-patch.ts';
import type { TrialPatch } from './trial-patch.ts';

/** More than that is not held. */
const mostBytes = 16 * 1024 * 1024;

/** The same as `applyPatch`, without a process where the answer is certain. Blobs of the entries are here. */
export async function applyHere(
  workshop: Workshop,
  { patch, reverse = false }: { readonly patch: TrialPatch; readonly reverse?: boolean },
  entries: IndexEntries,
): Promise<Application> {
  const blobs = patchPaths(patch).flatMap((path) => entries.get(path)?.object ?? []);
  const sizes = await sizesOf(workshop, blobs);
  const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const asked = { bytes: patch.bytes, reverse };
  if (bytes > mostBytes) return applyPatch(workshop, asked, entries);
  const objects = await readObjects(workshop, blobs);
  const result = applyOwn({ patch, reverse, entries }, (blob) => objects.get(blob)?.bytes);
  if (result.kind === 'unsure') return applyPatch(workshop, asked, entries);
  if (result.kind === 'fails') return { fact: result.fact, entries };
  await writeMade(workshop, result.made);
  return { fact: result.fact, entries: withChanges(entries, result.fact.changes) };
}

/** Puts what a patch made where git can see it. */
export async function writeMade(
  { directory }: Pick<Workshop, 'directory'>,
  made: ReadonlyMap<string, Pieces>,
): Promise<void> {
  await Promise.all([...made.values()].map((one) => writeBlob(directory, Buffer.concat(one))));
}
