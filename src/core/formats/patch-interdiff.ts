import type { PatchedFile } from '../model/patch-content.ts';
import { byteLines, lineBytes } from './patch-bytes.ts';

/*
 * What two patches of one change have different, as `git range-diff` shows it: their diffs without what is
 * new with every refresh, compared line by line.
 */

/** Lines of a header that say where and how alike, not what. */
const noise = /^(?:diff --git |index |--- |\+\+\+ |(?:dis)?similarity index )/;

/** The diff of a patch without line numbers and blob ids. */
export function comparableDiff({
  bytes,
  files,
}: {
  readonly bytes: Uint8Array;
  readonly files: readonly PatchedFile[];
}): Uint8Array {
  const lines = byteLines(bytes);
  return lineBytes(files.flatMap((file) => comparablePart(lines, file)));
}

function comparablePart(lines: readonly string[], file: PatchedFile): readonly string[] {
  const starts = new Set(file.hunks.map(({ line }) => line));
  const first = file.hunks[0]?.line ?? Infinity;
  const part = lines.slice(file.line - 1, file.endLine).flatMap((line, index) => {
    const number = file.line + index;
    if (starts.has(number)) return [line.replace(/^@@ .*? @@/, '@@')];
    return number < first && noise.test(line) ? [] : [line];
  });
  const path = Buffer.from(file.newPath ?? file.oldPath ?? '').toString('latin1');
  return [`${mark}${path}\n`, ...part];
}

/** A letter first, so that git takes the line for the heading of the hunks below it. */
const mark = 'file ';

/** Hunks of two comparable diffs as people read them: with the file in which they are, and no numbers. */
export function interdiffText(hunks: Uint8Array): string {
  const text = Buffer.from(hunks.buffer, hunks.byteOffset, hunks.length).toString('utf8');
  return text.replace(/^@@ -[\d,]+ \+[\d,]+ @@(?: file)?/gm, '@@');
}
