import { createHash } from 'node:crypto';
import { changesBetween } from './apply-patch.ts';
import type { ApplyFact, HunkFailure } from '../../core/model/patch-trial.ts';
import type { IndexEntries, IndexEntry } from './index-file.ts';
import { pathsAround } from './paths-around.ts';
import { placeHunks } from './place-hunks.ts';
import { readPlainPatch, reversed } from './plain-patch.ts';
import type { PlainFile } from './plain-patch.ts';
import { patchPaths } from './trial-patch.ts';
import type { TrialPatch } from './trial-patch.ts';

/** A blob that a patch makes, in pieces of other buffers: nothing is copied before somebody asks. */
export type Pieces = readonly Uint8Array[];

type Fitting = Extract<ApplyFact, { readonly ok: true }>;
type Failing = Extract<ApplyFact, { readonly ok: false }>;

/** What `git apply` would do, where that is certain. */
export type OwnResult =
  | { readonly kind: 'applies'; readonly fact: Fitting; readonly made: ReadonlyMap<string, Pieces> }
  | { readonly kind: 'fails'; readonly fact: Failing }
  | { readonly kind: 'unsure' };

/** Contents by blob id, as far as they are at hand. */
export type ContentOf = (blob: string) => Buffer | undefined;

export interface OwnQuestion {
  readonly patch: TrialPatch;
  readonly reverse?: boolean;
  readonly entries: IndexEntries;
}

/** Applies a patch without git: only text that changes or comes new, each file once. All else is for git. */
export function applyOwn(
  { patch, reverse = false, entries }: OwnQuestion,
  contentOf: ContentOf,
): OwnResult {
  const read = readPlainPatch(patch);
  if (!read || isObstructed(patch, entries)) return { kind: 'unsure' };
  const { files, whole } = reverse ? reversed(read) : read;
  const results = files.map((file) => applyFile(file, entries.get(file.path), contentOf));
  if (!whole || results.includes('unsure')) return { kind: 'unsure' };
  const failures = results.flatMap((result) => (isFailure(result) ? [result] : []));
  if (failures.length > 0) return { kind: 'fails', fact: { ok: false, failures } };
  const applied = results.flatMap((result) =>
    result === 'unsure' || isFailure(result) ? [] : [result],
  );
  const after = new Map(entries);
  for (const { path, entry } of applied) after.set(path, entry);
  const made = new Map(applied.map(({ entry, pieces }) => [entry.object, pieces] as const));
  const offsets = applied.flatMap((result) => result.offsets);
  const changes = changesBetween(entries, after);
  return { kind: 'applies', fact: { ok: true, offsets, changes }, made };
}

type FileResult = AppliedFile | HunkFailure | 'unsure';

function isFailure(result: FileResult): result is HunkFailure {
  return result !== 'unsure' && 'why' in result;
}

/** Where anything but an ordinary file is in the way, git has more to say than that it fails. */
function isObstructed(patch: TrialPatch, entries: IndexEntries): boolean {
  const paths = new Set(patchPaths(patch));
  const isAround = pathsAround([...paths]);
  return [...entries].some(
    ([name, { mode }]) => isAround(name) || (paths.has(name) && !mode.startsWith('100')),
  );
}

interface AppliedFile {
  readonly path: string;
  readonly entry: IndexEntry;
  readonly pieces: Pieces;
  readonly offsets: Fitting['offsets'];
}

/** git's words where it refuses. */
function applyFile(
  { path, change, hunks, mode }: PlainFile,
  entry: IndexEntry | undefined,
  contentOf: ContentOf,
): FileResult {
  if (change === 'add') {
    if (entry) return { path, why: 'already exists in index' };
    const pieces = hunks.map(({ after }) => after);
    return { path, pieces, offsets: [], entry: { mode: mode ?? '', object: blobId(pieces) } };
  }
  if (!entry) return { path, why: 'does not exist in index' };
  // Whether there is anything more in it, git has to say.
  if (change === 'remove') return 'unsure';
  const content = contentOf(entry.object);
  if (!content) return 'unsure';
  const placement = placeHunks(content, hunks);
  if (!('pieces' in placement)) {
    return { path, why: 'patch does not apply', line: placement.oldStart };
  }
  // git warns of a mode that is not the one the patch says.
  if (mode !== undefined && mode !== entry.mode) return 'unsure';
  const offsets = placement.offsets.map((offset) => ({ path, ...offset }));
  const { pieces } = placement;
  return { path, pieces, offsets, entry: { mode: entry.mode, object: blobId(pieces) } };
}

/** As git names what the pieces are together. */
export function blobId(pieces: Pieces): string {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const hash = createHash('sha1').update(`blob ${length}\0`);
  for (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}
