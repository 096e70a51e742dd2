import { constraintsPath } from '../../core/model/catalog.ts';
import type { Catalog } from '../../core/model/catalog.ts';
import type { FileEdit, Snapshot } from '../../core/model/snapshot.ts';
import type { UpdatePlan } from '../../core/model/update.ts';
import { setPin } from '../../core/formats/source-refs.ts';
import { usableCatalog } from './usable.ts';

/** The plan as edits: pins first, then constraints. */
export function planEdits(
  plan: Pick<UpdatePlan, 'moves' | 'constraints'>,
  snapshot: Snapshot,
): readonly FileEdit[] {
  const texts = new Map<string, string>();
  for (const { pin, to } of plan.moves) {
    const text = texts.get(pin.file) ?? textOf(snapshot, pin.file);
    texts.set(pin.file, setPin(text, pin.component, to));
  }
  for (const { series, text } of plan.constraints) texts.set(constraintsPath(series), text);
  return [...texts].map(([path, text]) => ({ path, text }));
}

/** What the repository declares with some edits made. */
export function applyEdits(snapshot: Snapshot, edits: readonly FileEdit[]): Catalog {
  const files = new Map(snapshot.files);
  for (const { path, text } of edits) {
    if (text === undefined) files.delete(path);
    else files.set(path, { mode: files.get(path)?.mode ?? 'file', bytes: Buffer.from(text) });
  }
  return usableCatalog({ files });
}

function textOf(snapshot: Snapshot, path: string): string {
  const file = snapshot.files.get(path);
  if (!file) throw new Error(`${path} has pins and is not in the snapshot`);
  return Buffer.from(file.bytes).toString('utf8');
}
