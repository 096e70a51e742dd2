import { applyPatch, withChanges } from './apply-patch.ts';
import type { Application, Workshop } from './apply-patch.ts';
import type { IndexEntries } from './index-file.ts';
import { writeBlob } from './merge-entries.ts';
import { readObjects, sizesOf } from './objects.ts';
import { applyOwn } from './own-apply.ts';
import type { Pieces } from './own-apply.ts';
import type { TrialPatch } from './trial-patch.ts';

/** More than that is not held. */
const mostBytes = 16 * 1024 * 1024;

/** The same as `applyPatch`, without a process where the answer is certain. Blobs of the entries are here. */
export async function applyHere(
  workshop: Workshop,
  patch: TrialPatch,
  entries: IndexEntries,
): Promise<Application> {
  const blobs = [...entries.values()].flatMap(({ mode, object }) =>
    mode.startsWith('100') ? [object] : [],
  );
  const sizes = await sizesOf(workshop, blobs);
  const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  if (bytes > mostBytes) return applyPatch(workshop, patch, entries);
  const objects = await readObjects(workshop, blobs);
  const result = applyOwn({ patch, entries }, (blob) => objects.get(blob)?.bytes);
  if (result.kind === 'unsure') return applyPatch(workshop, patch, entries);
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
