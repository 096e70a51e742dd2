import { pathsOf } from '../model/patch-content.ts';
import type { PatchedFile } from '../model/patch-content.ts';
import { byteLines, lineBytes } from './patch-bytes.ts';
import { readPatch } from './patch-content.ts';

interface PatchBytes {
  readonly bytes: Uint8Array;
  readonly files: readonly PatchedFile[];
}

/**
 * A patch with another diff in it: each file's part gives way to what the diff says of that file. All
 * around them stays byte for byte: mail header, message, diffstat, what stands between the parts, the
 * signature at the end.
 */
export function rewritePatch(old: PatchBytes, diff: Uint8Array): Uint8Array {
  const lines = byteLines(old.bytes);
  const parts = Map.groupBy(readParts(diff), (part) => placeOf(part, old.files));
  const written: string[] = [];
  let end = 0;
  for (const [index, file] of old.files.entries()) {
    const header = lines.slice(file.line - 1, file.hunks[0]?.line ?? file.endLine);
    written.push(...lines.slice(end, file.line - 1));
    written.push(...inStyle(parts.get(index) ?? [], { file, header }));
    end = file.endLine;
  }
  return lineBytes([...written, ...lines.slice(end)]);
}

/** What a diff says of one file. */
interface Part {
  readonly file: PatchedFile;
  /** Down to the first hunk, or the whole of what has none. */
  readonly header: readonly string[];
  readonly hunks: readonly string[];
}

function readParts(diff: Uint8Array): readonly Part[] {
  const lines = byteLines(diff);
  return readPatch(diff, '').value.files.map((file) => {
    const start = file.hunks[0]?.line ?? file.endLine + 1;
    return {
      file,
      header: lines.slice(file.line - 1, start - 1),
      hunks: lines.slice(start - 1, file.endLine),
    };
  });
}

/** A part stands where its file stood; what a rename fell apart into, where the rename stood. */
function placeOf({ file }: Part, olds: readonly PatchedFile[]): number {
  const same = olds.findIndex((old) => nameOf(old) === nameOf(file));
  if (same >= 0) return same;
  const paths = pathsOf(file);
  return olds.findIndex((old) => pathsOf(old).some((path) => paths.includes(path)));
}

function nameOf({ oldPath, newPath }: PatchedFile): string | undefined {
  return newPath ?? oldPath;
}

/** Without lines that the old part did not have either: a plain diff has two names and dates, and no more. */
function inStyle(
  parts: readonly Part[],
  { file, header }: { readonly file: PatchedFile; readonly header: readonly string[] },
): readonly string[] {
  const [only, ...others] = parts;
  const isPlain = header[0]?.startsWith('--- ') === true;
  if (isPlain && only && others.length === 0 && fitsPlain(only, file)) {
    return [...header.slice(0, 2), ...only.hunks];
  }
  return parts.flatMap((part) => [...withoutIds(part, file), ...part.hunks]);
}

/** A plain header cannot say anything of modes. */
function fitsPlain({ file, hunks }: Part, old: PatchedFile): boolean {
  const usual = file.change === 'add' ? '100644' : undefined;
  return file.change === old.change && file.newMode === usual && hunks.length > 0;
}

/** Binary data cannot be applied without the ids. */
function withoutIds({ file, header }: Part, old: PatchedFile): readonly string[] {
  if (old.oldBlob !== undefined || file.binary !== undefined) return header;
  const isBare = old.hunks.length > 0;
  return isBare ? header.filter((line) => !line.startsWith('index ')) : header;
}
