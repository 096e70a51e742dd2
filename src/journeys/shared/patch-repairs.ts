import { touchedPaths } from '../../core/model/patch-content.ts';
import type { PatchedFile } from '../../core/model/patch-content.ts';
import type { PatchFile } from '../../core/model/patch.ts';
import type { PatchRepair } from '../../core/model/patch-verdict.ts';
import type { PathState } from '../../core/model/patch-trial.ts';
import type { FileEdit } from '../../core/model/snapshot.ts';
import type { RepairPlan } from '../../core/decide/patch-repair.ts';
import { readPatch } from '../../core/formats/patch-content.ts';
import { comparableDiff, interdiffText } from '../../core/formats/patch-interdiff.ts';
import { rewritePatch } from '../../core/formats/patch-rewrite.ts';
import type { TrialSource } from '../../edge/git/patch-trial.ts';

/** A patch with all that git is asked about it. */
export interface PatchInHand {
  readonly file: PatchFile;
  readonly asked: {
    readonly bytes: Uint8Array;
    readonly header: PatchFile['header'];
    readonly files: readonly PatchedFile[];
  };
}

/** A patch that counts, and what it changes in the source as it stands now. */
interface Result {
  readonly patch: PatchInHand;
  readonly changes: readonly PathState[];
}

/** What was planned for a patch, carried out in memory; nothing where the patch is right as it is. */
export async function makeRepair(
  source: TrialSource,
  plan: RepairPlan,
  result: Result,
): Promise<readonly PatchRepair[]> {
  if (plan.kind === 'drop') return [plan];
  const { asked, file } = result.patch;
  const bytes = await refreshed(source, result);
  if (Buffer.compare(bytes, asked.bytes) === 0) return [];
  const { files } = readPatch(bytes, file.path).value;
  const fresh = { ...asked, bytes, files };
  if (!(await fits(source, fresh, result.changes))) return [];
  const hunks = await source.compare(comparableDiff(asked), comparableDiff(fresh));
  return [{ ...plan, bytes, interdiff: interdiffText(hunks) }];
}

/** What repairs do to the files of an images repository. */
export function repairEdits(repairs: readonly PatchRepair[]): readonly FileEdit[] {
  return repairs.map((repair) => ({
    path: repair.path,
    text: repair.kind === 'drop' ? undefined : repair.bytes,
  }));
}

async function refreshed(source: TrialSource, { patch, changes }: Result): Promise<Uint8Array> {
  const { asked, file } = patch;
  const before = source.states(touchedPaths(file.content.value));
  const changed = new Map(changes.map((state) => [state.path, state]));
  const after = before.map((state) => changed.get(state.path) ?? state);
  return rewritePatch(asked, await source.diff(asked, { before, after }));
}

/** The proof of a refresh: git applies it, every hunk at its line, and comes to the same result. */
async function fits(
  source: TrialSource,
  fresh: PatchInHand['asked'],
  changes: readonly PathState[],
): Promise<boolean> {
  const fact = await source.apply(fresh);
  if (!fact.ok || fact.offsets.length > 0 || fact.changes.length !== changes.length) return false;
  const wanted = new Map(changes.map((state) => [state.path, state]));
  return fact.changes.every(({ path, blob, mode }) => {
    const state = wanted.get(path);
    return state !== undefined && state.blob === blob && state.mode === mode;
  });
}
