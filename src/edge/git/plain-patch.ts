import { pathsOf } from '../../core/model/patch-content.ts';
import type { PatchedFile, PatchHunk } from '../../core/model/patch-content.ts';
import { emptyBlob } from './objects-here.ts';
import type { TrialPatch } from './trial-patch.ts';

/** A hunk's lines, each with its end. */
export interface PlainHunk {
  readonly oldStart: number;
  readonly newStart: number;
  readonly oldLines: number;
  readonly newLines: number;
  readonly before: Buffer;
  readonly after: Buffer;
  /** As git has it: what has no context below stands at the end. */
  readonly atEnd: boolean;
}

/** A section of a patch that holds nothing but lines of text. */
export interface PlainFile {
  readonly path: string;
  /** To `remove` is to take back what adds. */
  readonly change: 'modify' | 'add' | 'remove';
  /** Octal, as far as the patch says it: of what it changes, or of what it adds. */
  readonly mode?: string;
  readonly hunks: readonly PlainHunk[];
}

/** What can be said of a patch without git; of sections that are not plain, nothing. */
export interface PlainPatch {
  readonly files: readonly PlainFile[];
  /** True where these are all of its sections. */
  readonly whole: boolean;
}

/** `undefined` where git might find something else in the patch than what is known to be in it. */
export function readPlainPatch({ bytes, files }: TrialPatch): PlainPatch | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // CRLF has rules of its own, and binary data that is damaged ends a patch without failing it.
  if (text.includes(13) || text.includes(0) || files.some(({ binary }) => binary !== undefined)) {
    return undefined;
  }
  const lines = splitLines(text);
  if (!isAllOf(lines, files)) return undefined;
  const named = files.flatMap(pathsOf);
  const plain = files.flatMap((file) => {
    // Sections of one file build upon one another.
    const alone = pathsOf(file).every((path) => named.indexOf(path) === named.lastIndexOf(path));
    return (alone ? plainFile(file, lines) : undefined) ?? [];
  });
  return { files: plain, whole: plain.length === files.length };
}

function splitLines(text: Buffer): readonly Buffer[] {
  const lines: Buffer[] = [];
  for (let at = 0; at < text.length;) {
    const end = text.indexOf(newline, at);
    const next = end < 0 ? text.length : end + 1;
    lines.push(text.subarray(at, next));
    at = next;
  }
  return lines;
}

const [newline, space, plus, minus] = [10, 32, 43, 45];

/** Outside the hunks stands nothing that could be the head of another section or hunk. */
function isAllOf(lines: readonly Buffer[], files: readonly PatchedFile[]): boolean {
  const heads = { 'diff --git ': 0, '--- ': 0, '+++ ': 0, '@@ -': 0 };
  const within = new Set<number>();
  for (const { line, endLine } of files.flatMap(({ hunks }) => hunks)) {
    for (let index = line; index < endLine; index += 1) within.add(index);
  }
  for (const [index, line] of lines.entries()) {
    if (within.has(index)) continue;
    const start = line.toString('latin1', 0, 11);
    for (const head of Object.keys(heads) as (keyof typeof heads)[]) {
      if (start.startsWith(head)) heads[head] += 1;
    }
  }
  const textual = files.filter(({ hunks }) => hunks.length > 0).length;
  const hunks = files.reduce((sum, file) => sum + file.hunks.length, 0);
  const isGit = heads['diff --git '] === files.length && heads['@@ -'] === hunks;
  return isGit && heads['--- '] === textual && heads['+++ '] === textual;
}

function plainFile(file: PatchedFile, lines: readonly Buffer[]): PlainFile | undefined {
  const { newPath: path, newMode, written } = file;
  if (path === undefined || !isUsual(path, written)) return undefined;
  if (isEmptyFile(file)) return { path, change: 'add', hunks: [], mode: newMode ?? '' };
  return file.hunks.length === 0 ? undefined : textFile(file, path, lines);
}

function textFile(
  file: PatchedFile,
  path: string,
  lines: readonly Buffer[],
): PlainFile | undefined {
  const { change, oldPath, oldMode, newMode } = file;
  const hunks = file.hunks.flatMap((hunk) => plainHunk(hunk, lines) ?? []);
  if (hunks.length !== file.hunks.length) return undefined;
  if (change === 'modify' && oldPath === path && newMode === undefined) {
    const isPlain = hunks.every(({ oldLines, newLines }) => oldLines > 0 && newLines > 0);
    return isPlain ? { path, change, hunks, ...(oldMode && { mode: oldMode }) } : undefined;
  }
  return change === 'add' && isNewFile(hunks, newMode)
    ? { path, change, hunks, mode: newMode }
    : undefined;
}

/** Nothing but its mode stands in the patch. */
function isEmptyFile({ change, hunks, newBlob = '', newMode }: PatchedFile): boolean {
  const isEmpty = newBlob.length >= 7 && emptyBlob.startsWith(newBlob);
  return change === 'add' && hunks.length === 0 && isEmpty && isFileMode(newMode);
}

function isFileMode(mode: string | undefined): mode is string {
  return mode === '100644' || mode === '100755';
}

/** Names in quotes, or without the folders that git strips, are read by git alone. */
function isUsual(path: string, written: readonly string[]): boolean {
  const usual = [`a/${path}`, `b/${path}`, '/dev/null'];
  return written.every((name) => usual.includes(name));
}

function isNewFile(hunks: readonly PlainHunk[], mode: string | undefined): mode is string {
  return isFileMode(mode) && hunks.length === 1 && hunks[0]?.oldLines === 0;
}

/** `undefined` where it has anything but whole lines, as many as it says. */
function plainHunk(
  { oldStart, oldLines, newStart, newLines, line, endLine }: PatchHunk,
  lines: readonly Buffer[],
): PlainHunk | undefined {
  const before: Buffer[] = [];
  const after: Buffer[] = [];
  let trailing = 0;
  for (const text of lines.slice(line, endLine)) {
    if (text.at(-1) !== newline) return undefined;
    const sign = text[0];
    // Mailers strip the space from an empty line of context.
    const content = sign === newline ? text : text.subarray(1);
    if (sign === space || sign === newline) trailing += 1;
    else if (sign === plus || sign === minus) trailing = 0;
    else return undefined;
    if (sign !== plus) before.push(content);
    if (sign !== minus) after.push(content);
  }
  if (before.length !== oldLines || after.length !== newLines) return undefined;
  return {
    oldStart,
    newStart,
    oldLines,
    newLines,
    before: Buffer.concat(before),
    after: Buffer.concat(after),
    atEnd: trailing === 0,
  };
}

/** The patch that takes back what this one does. */
export function reversed({ files, whole }: PlainPatch): PlainPatch {
  const taken = files.map((file): PlainFile => {
    const change = file.change === 'add' ? 'remove' : file.change;
    return { ...file, change, hunks: file.hunks.map(reversedHunk) };
  });
  // git goes backwards too.
  return { files: taken.reverse(), whole };
}

function reversedHunk(hunk: PlainHunk): PlainHunk {
  return {
    oldStart: hunk.newStart,
    newStart: hunk.oldStart,
    oldLines: hunk.newLines,
    newLines: hunk.oldLines,
    before: hunk.after,
    after: hunk.before,
    atEnd: hunk.atEnd,
  };
}
