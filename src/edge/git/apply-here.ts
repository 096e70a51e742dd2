import { applyPatch, withChanges } from './apply-patch.ts';
import type { Application } from './apply-patch.ts';
import type { IndexEntries } from './index-file.ts';
import { applyOwn } from './own-apply.ts';
import type { Shelf } from './shelf.ts';
import { patchPaths } from './trial-patch.ts';
import type { TrialPatch } from './trial-patch.ts';

/** More than that is not held. */
const mostBytes = 16 * 1024 * 1024;

/** The same as `applyPatch`, without a process where the answer is certain. Blobs of the entries are here. */
export async function applyHere(
  shelf: Shelf,
  { patch, reverse = false }: { readonly patch: TrialPatch; readonly reverse?: boolean },
  entries: IndexEntries,
): Promise<Application> {
  const blobs = patchPaths(patch).flatMap((path) => entries.get(path)?.object ?? []);
  const sizes = await shelf.sizesOf(blobs);
  const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const asked = { bytes: patch.bytes, reverse };
  if (bytes > mostBytes) return applyPatch(await shelf.workshop(), asked, entries);
  const contents = await shelf.read(blobs);
  const result = applyOwn({ patch, reverse, entries }, (blob) => contents.get(blob));
  if (result.kind === 'unsure') return applyPatch(await shelf.workshop(), asked, entries);
  if (result.kind === 'fails') return { fact: result.fact, entries };
  for (const [id, pieces] of result.made) await shelf.put(id, Buffer.concat(pieces));
  return { fact: result.fact, entries: withChanges(entries, result.fact.changes) };
}
