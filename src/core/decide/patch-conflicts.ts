import { pathsOf } from '../model/patch-content.ts';
import type { PatchContent, Refusal } from '../model/patch-content.ts';
import type { HunkFailure } from '../model/patch-trial.ts';
import type { PatchConflict } from '../model/patch-verdict.ts';

/** What git could not place, with its lines in the patch file. */
export function conflictsOf(
  content: PatchContent,
  failures: readonly HunkFailure[],
): readonly PatchConflict[] {
  return failures.map((failure) => {
    const { path, line: sourceLine, why } = failure;
    const { hunk, line, endLine } = placeOf(content, failure);
    return {
      path,
      ...(hunk !== undefined && { hunk }),
      ...{ line, endLine },
      ...(sourceLine !== undefined && { sourceLine }),
      why,
    };
  });
}

/** git's own words for a path below a symlink of the source. */
const beyond = 'beyond a symbolic link';

/** Failures that are no conflict: the patch would have written through a symlink of the source. */
export function throughSymlinks(
  content: PatchContent,
  failures: readonly HunkFailure[],
): readonly Refusal[] {
  return failures
    .filter(({ why }) => why.includes(beyond))
    .map((failure) => ({
      kind: 'through-symlink',
      what: failure.path,
      line: placeOf(content, failure).line,
    }));
}

interface PatchPlace {
  /** Counts from 1 in its file. */
  readonly hunk?: number;
  readonly line: number;
  readonly endLine: number;
}

/** The hunk, or the head of the file where the whole file does not fit. */
function placeOf({ files }: PatchContent, failure: HunkFailure): PatchPlace {
  const touching = files.filter((file) => pathsOf(file).includes(failure.path));
  const hunks = touching.flatMap((file) =>
    file.hunks.map((hunk, index) => ({ ...hunk, hunk: index + 1 })),
  );
  const place = hunks.find((hunk) => isMeant(hunk, failure)) ?? touching[0] ?? files[0];
  if (!place) return { line: 1, endLine: 1 };
  const { line, endLine } = place;
  return { ...('hunk' in place && { hunk: place.hunk }), line, endLine };
}

/** git names a hunk by the line that the hunk itself names. */
function isMeant(
  { hunk, oldStart }: { readonly hunk: number; readonly oldStart: number },
  failure: HunkFailure,
): boolean {
  return failure.hunk === undefined ? oldStart === failure.line : hunk === failure.hunk;
}
