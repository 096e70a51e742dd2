import type { PlaceOrigin } from '../../core/model/conflict-origin.ts';
import { WorldError } from '../../core/model/failures.ts';
import { pathsOf } from '../../core/model/patch-content.ts';
import type { PatchedFile } from '../../core/model/patch-content.ts';
import { addedOrigin, goneOrigin } from './file-origin.ts';
import { blobsOnTheWay, lineOrigins } from './line-origin.ts';
import type { ChangedFile, HunkDraft } from './line-origin.ts';
import { draftOf } from './origin-draft.ts';
import type { OriginDraft } from './origin-draft.ts';
import type { PathPast } from './patch-base.ts';
import type { TrialPatch } from './trial-patch.ts';

/** A path that does not fit, and the line of the patch file where git stopped. */
export interface NamedPlace {
  readonly path: string;
  readonly line: number;
}

/** A place with its origin, whose commits have no tags yet. */
export type PlaceDraft = Omit<PlaceOrigin, 'origin'> & { readonly draft: OriginDraft };

/** More than people read; each costs a walk through the history. */
const mostPaths = 20;
/** More states of a file than git follows in a reasonable time. */
const mostBlobs = 2_000;

/** A path with the first section of the patch about it: the others build upon that one. */
interface WrongFile {
  readonly path: string;
  readonly file: PatchedFile;
  readonly named: readonly number[];
}

/** Every hunk of the named files that does not fit. All blobs come in one request, before the first line is followed. */
export async function draftPlaces(
  past: PathPast,
  patch: TrialPatch,
  places: readonly NamedPlace[],
): Promise<readonly PlaceDraft[]> {
  const wrong = wrongFiles(patch, places).slice(0, mostPaths);
  const changed = wrong.flatMap((one): readonly ChangedFile[] => {
    const [base, blob] = [past.bases.get(one.path), past.here.get(one.path)];
    const isBoth = base !== undefined && blob !== undefined && one.file.oldPath === one.path;
    return isBoth ? [{ ...one, base, blob }] : [];
  });
  const blobs: string[] = [];
  for (const one of changed) blobs.push(...(await blobsOnTheWay(past, one)));
  if (blobs.length > mostBlobs) throw new WorldError('its files have changed too often', '');
  await past.view.bring([...new Set(blobs)]);
  const drafts: PlaceDraft[] = [];
  for (const one of wrong) {
    const both = changed.find(({ path }) => path === one.path);
    const found = both ? await lineOrigins(past, both) : [{ draft: await fileDraft(past, one) }];
    drafts.push(...found.map((hunk) => placeOf(one, hunk)));
  }
  return drafts;
}

function wrongFiles({ files }: TrialPatch, places: readonly NamedPlace[]): readonly WrongFile[] {
  return [...Map.groupBy(places, ({ path }) => path)].flatMap(([path, found]) => {
    const file = files.find((one) => pathsOf(one).includes(path));
    return file ? [{ path, file, named: found.map(({ line }) => line) }] : [];
  });
}

function fileDraft(past: PathPast, { path, file }: WrongFile): Promise<OriginDraft> {
  const isNew = file.oldPath !== path;
  if (past.here.has(path)) {
    return isNew ? addedOrigin(past, path) : draftOf(past.view, 'base-unknown', {});
  }
  return isNew ? draftOf(past.view, 'queue', {}) : goneOrigin(past, path);
}

function placeOf({ path, file, named }: WrongFile, { hunk, draft }: HunkDraft): PlaceDraft {
  if (hunk) {
    const { number, line, endLine, oldStart } = hunk;
    return { path, hunk: number, line, endLine, sourceLine: oldStart, draft };
  }
  const [line = file.line] = named;
  return { path, line, endLine: file.endLine, draft };
}
