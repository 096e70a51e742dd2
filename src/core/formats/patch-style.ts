import type { PatchedFile } from '../model/patch-content.ts';
import { byteLines } from './patch-bytes.ts';

/** How a patch is written, as far as a diff in its place can be written likewise. */
export interface PatchStyle {
  /** Lines around a change. */
  readonly context: number;
  /** Digits of the blob ids on index lines. */
  readonly digits: number;
  /** True where it has a file that is not text as what git makes of such files. */
  readonly binary: boolean;
  /** True where names beyond ASCII stand in quotes, as octal numbers. */
  readonly quotedNames: boolean;
}

/** What git writes unless it is told otherwise. */
const usual = { context: 3, digits: 7 };

export function patchStyle(bytes: Uint8Array, files: readonly PatchedFile[]): PatchStyle {
  const lines = byteLines(bytes);
  return {
    context: contextLines(lines, files),
    digits: indexDigits(files),
    binary: files.some(({ binary }) => binary !== undefined),
    quotedNames: files.every(({ line }) => !/[\x80-\xff]/.test(lines[line - 1] ?? '')),
  };
}

/** The least is what was asked for: git writes more digits where fewer are not unique. */
function indexDigits(files: readonly PatchedFile[]): number {
  const text = files.filter(({ binary }) => binary === undefined);
  const lengths = text.flatMap(({ oldBlob, newBlob }) =>
    [oldBlob, newBlob].flatMap((id) => (id === undefined ? [] : [id.length])),
  );
  return lengths.length > 0 ? Math.min(...lengths) : usual.digits;
}

/**
 * What stands before the first change of a hunk is cut short by nothing but the start of the file. The
 * end of the file may cut what follows the last one, which therefore only ever says that there is more.
 */
function contextLines(lines: readonly string[], files: readonly PatchedFile[]): number {
  const hunks = files
    .filter(({ change }) => change !== 'add' && change !== 'delete')
    .flatMap((file) => file.hunks);
  const around = hunks.map(({ oldStart, line, endLine }) => ({
    isWhole: oldStart > 1,
    ...ends(lines.slice(line, endLine)),
  }));
  const whole = around.filter(({ isWhole }) => isWhole).map(({ before }) => before);
  if (whole.length > 0) return Math.max(1, mostFrequent(whole));
  return Math.max(usual.context, ...around.map(({ after }) => after));
}

/** How many lines of context a hunk begins and ends with. */
function ends(hunk: readonly string[]): { readonly before: number; readonly after: number } {
  const isChange = hunk.map((line) => /^[-+]/.test(line));
  const marks = hunk.filter((line) => line.startsWith('\\')).length;
  return {
    before: Math.max(0, isChange.indexOf(true)),
    after: Math.max(0, hunk.length - 1 - isChange.lastIndexOf(true) - marks),
  };
}

/** With hunks that grew to whole functions, or were cut by hand, the rest still tells. */
function mostFrequent(counts: readonly number[]): number {
  const times = [...Map.groupBy(counts, (count) => count)];
  times.sort(([a, as], [b, bs]) => bs.length - as.length || a - b);
  return times[0]?.[0] ?? usual.context;
}
