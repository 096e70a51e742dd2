import type { PlainHunk } from './plain-patch.ts';

/** Where hunks go in a file. */
export interface Placement {
  /** Of hunks that stand elsewhere than they say; hunks count from 1, positive is further down. */
  readonly offsets: readonly { readonly hunk: number; readonly lines: number }[];
  /** The file afterwards, in pieces of it and of the hunks. */
  readonly pieces: readonly Uint8Array[];
}

/** Lines of the file that a hunk has replaced; they count from 0, in the file as it was. */
interface Placed {
  readonly line: number;
  readonly at: number;
  readonly hunk: PlainHunk;
}

/**
 * Places hunks as `git apply` does (`find_pos` and `match_fragment` of its apply.c): byte for byte, no
 * fuzz, nearest to where it says and of two as near the one further down; never on lines that an earlier
 * hunk has left. Hunks have lines before and after. Where one has no place, it is that hunk.
 */
export function placeHunks(file: Buffer, hunks: readonly PlainHunk[]): Placement | PlainHunk {
  const starts = lineStarts(file);
  const placed: Placed[] = [];
  const offsets: { hunk: number; lines: number }[] = [];
  for (const [index, hunk] of hunks.entries()) {
    const said = Math.max(hunk.newStart - 1, 0);
    const found = findPlace({ file, starts, placed }, hunk, said);
    if (!found) return hunk;
    const lines = found.line + shiftBefore(placed, found.line) - said;
    if (lines !== 0) offsets.push({ hunk: index + 1, lines });
    placed.push(found);
  }
  return { offsets, pieces: piecesOf(file, placed) };
}

/** Files are tried again for other patches and other sources. */
const known = new WeakMap<Buffer, Uint32Array>();

/** Of every line, also of a last one that no newline ends. */
function lineStarts(file: Buffer): Uint32Array {
  const found = known.get(file);
  if (found) return found;
  const starts = file.length > 0 ? [0] : [];
  const last = file.length - 1;
  for (let at = file.indexOf(10); at >= 0 && at < last; at = file.indexOf(10, at + 1)) {
    starts.push(at + 1);
  }
  const all = new Uint32Array(starts);
  known.set(file, all);
  return all;
}

interface Image {
  readonly file: Buffer;
  readonly starts: Uint32Array;
  readonly placed: readonly Placed[];
}

function findPlace(
  { file, starts, placed }: Image,
  hunk: PlainHunk,
  said: number,
): Placed | undefined {
  const { before, oldLines, oldStart, atEnd } = hunk;
  const length = starts.length + placed.reduce((sum, one) => sum + growth(one), 0);
  const from = Math.min(said, length);
  let best: Placed | undefined;
  let bestRank = Infinity;
  for (let at = file.indexOf(before); at >= 0; at = file.indexOf(before, at + 1)) {
    const line = lineAt(starts, at);
    if (line < 0 || isTaken(placed, line, oldLines)) continue;
    const now = line + shiftBefore(placed, line);
    if ((oldStart <= 1 && now > 0) || (atEnd && at + before.length !== file.length)) continue;
    const rank = Math.abs(now - from) * 2 - (now > from ? 1 : 0);
    if (rank < bestRank) [best, bestRank] = [{ line, at, hunk }, rank];
  }
  return best;
}

/** The number of the line that starts at a byte; -1 where none does. */
function lineAt(starts: Uint32Array, at: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const start = starts[middle] ?? 0;
    if (start === at) return middle;
    if (start < at) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

function isTaken(placed: readonly Placed[], line: number, count: number): boolean {
  return placed.some((one) => line < one.line + one.hunk.oldLines && one.line < line + count);
}

function growth({ hunk }: Placed): number {
  return hunk.newLines - hunk.oldLines;
}

/** By how much lines have moved because of hunks above. */
function shiftBefore(placed: readonly Placed[], line: number): number {
  return placed.reduce((sum, one) => (one.line < line ? sum + growth(one) : sum), 0);
}

function piecesOf(file: Buffer, placed: readonly Placed[]): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let done = 0;
  for (const { at, hunk } of placed.toSorted((a, b) => a.at - b.at)) {
    pieces.push(file.subarray(done, at), hunk.after);
    done = at + hunk.before.length;
  }
  return [...pieces, file.subarray(done)];
}
