import type { Parsed } from '../model/finding.ts';
import { patchLimits } from '../model/patch-content.ts';
import type { PatchContent, PatchedFile } from '../model/patch-content.ts';
import { readBinary } from './patch-binary.ts';
import { advance, decoded, nextLine, remaining, lineAfter, startOf } from './patch-cursor.ts';
import type { Cursor, Damage } from './patch-cursor.ts';
import { damagedHunk, idleHeader, noPatch, strayHunk } from './patch-damage.ts';
import { changeOf, changesMore, emptyDraft } from './patch-draft.ts';
import type { Draft } from './patch-draft.ts';
import { readGitHeader } from './patch-git-header.ts';
import { hunkRange, readHunks } from './patch-hunks.ts';
import type { Hunks } from './patch-hunks.ts';
import { readPlainHeader } from './patch-plain-header.ts';
import { failure } from './problem.ts';
import { shownText } from './shown-text.ts';

/**
 * Reads what a patch does to which files: git-format and plain diffs, several of them, several
 * commits. It reads as `git apply -p1` does and is never more generous; where git would go on after
 * damage, or guess, the patch is damaged here. The value has what came before the damage.
 */
export function readPatch(bytes: Uint8Array, path: string): Parsed<PatchContent> {
  if (bytes.length > patchLimits.bytes) return { value: tooLarge(bytes), problems: [] };
  const reading: Reading = { commits: [], files: [], hunks: 0 };
  const damage = readFiles(startOf(bytes), reading) ?? emptiness(bytes, reading);
  const { commits, files, over } = reading;
  const crlf = files.length > 0 && reading.crlf === true;
  const problem = damage && failure({ file: path, line: damage.line }, named(damage.words, path));
  return {
    value: { bytes: bytes.length, ...(over && { over }), commits, crlf, files },
    problems: problem ? [problem] : [],
  };
}

interface Reading {
  readonly commits: number[];
  readonly files: PatchedFile[];
  hunks: number;
  crlf?: boolean;
  over?: 'files' | 'hunks';
}

function tooLarge(bytes: Uint8Array): PatchContent {
  return { bytes: bytes.length, over: 'bytes', commits: [], crlf: false, files: [] };
}

function named(words: Damage['words'], path: string): Damage['words'] {
  const name = shownText(path.slice(path.lastIndexOf('/') + 1));
  return { ...words, message: `${name}: ${words.message}` };
}

function readFiles(cursor: Cursor, reading: Reading): Damage | undefined {
  for (;;) {
    const over = limitBroken(reading);
    if (over) reading.over = over;
    if (over) return undefined;
    const draft = emptyDraft();
    const head = findHeader(cursor, { draft, commits: reading.commits });
    if (head === 'end') return undefined;
    if (head !== 'read') {
      if (isNamed(draft)) reading.files.push(patchedFile(draft, cursor));
      return head;
    }
    const damage = readBody(cursor, draft, reading);
    if (damage) return damage;
  }
}

function limitBroken({ files, hunks }: Reading): 'files' | 'hunks' | undefined {
  if (files.length > patchLimits.files) return 'files';
  return hunks > patchLimits.hunks ? 'hunks' : undefined;
}

function emptiness(bytes: Uint8Array, { files }: Reading): Damage | undefined {
  if (files.length > 0) return undefined;
  return noPatch(new TextDecoder().decode(bytes.subarray(0, 4096)).trim());
}

/** Goes on to the next header and over it. Hunks are behind us, so that what looks like one is lost. */
function findHeader(
  cursor: Cursor,
  { draft, commits }: { readonly draft: Draft; readonly commits: number[] },
): 'read' | 'end' | Damage {
  while (remaining(cursor) > 0) {
    const line = nextLine(cursor);
    if (/^From [0-9a-f]{40} /.test(line)) commits.push(cursor.line);
    if (line.startsWith('@@ -') && hunkRange(line)) return strayHunk(cursor.line);
    // So does git: six bytes more is the least that a patch can be.
    if (line.length >= 6 && remaining(cursor) < line.length + 6) return 'end';
    if (line.startsWith('diff --git ')) return readGitHeader(cursor, draft);
    if (line.startsWith('--- ') && isPlainHeader(cursor)) return readPlainHeader(cursor, draft);
    advance(cursor);
  }
  return 'end';
}

function isPlainHeader(cursor: Cursor): boolean {
  const second = lineAfter(cursor);
  const third = cursor.position + nextLine(cursor).length + second.length;
  return second.startsWith('+++ ') && cursor.text.startsWith('@@ -', third);
}

function readBody(cursor: Cursor, draft: Draft, reading: Reading): Damage | undefined {
  const start = cursor.line;
  reading.crlf = (reading.crlf ?? true) && draft.crlf;
  const hunks = readHunks(cursor, patchLimits.hunks + 1 - reading.hunks);
  reading.hunks += hunks.hunks.length;
  const binary = hunks.damage || hunks.hunks.length > 0 ? 'none' : readBinary(cursor);
  settle(draft, hunks);
  reading.files.push({
    ...patchedFile(draft, cursor),
    ...(typeof binary === 'string' && binary !== 'none' && { binary }),
    ...readPart(draft, hunks),
  });
  if (typeof binary !== 'string') return binary;
  if (hunks.damage) return hunks.damage;
  if (hunks.hunks.length === 0 && binary === 'none' && !changesMore(draft))
    return idleHeader(draft.line);
  return contradiction(draft, hunks, start);
}

function readPart(draft: Draft, { hunks, added, removed, newText }: Hunks) {
  const mode = draft.newMode ?? draft.oldMode;
  const target =
    mode === '120000' && draft.isDelete !== 'yes' ? linkTarget(draft, newText) : undefined;
  return {
    hunks,
    addedLines: added,
    removedLines: removed,
    ...(target !== undefined && { linkTarget: target }),
  };

  function linkTarget({ isNew }: Draft, text: string | undefined): string | undefined {
    // Where the hunk has less than the whole file, the rest of the target is in the source.
    const whole = isNew === 'yes' || (hunks[0]?.oldStart === 1 && !text?.includes('\n'));
    return text !== undefined && whole ? decoded(text) : undefined;
  }
}

/** A plain diff adds a file where its old side is empty and nowhere, and likewise deletes one. */
function settle(draft: Draft, { hunks }: Hunks): void {
  const [only] = hunks.length === 1 ? hunks : [];
  if (draft.isNew === 'unsure') {
    draft.isNew = only?.oldLines === 0 && only.oldStart === 0 ? 'yes' : 'no';
  }
  if (draft.isDelete === 'unsure') {
    const empty = only?.newLines === 0 && only.newStart === 0;
    draft.isDelete = empty && draft.isNew === 'no' ? 'yes' : 'no';
  }
}

function isNamed({ oldName, newName }: Draft): boolean {
  return oldName !== undefined || newName !== undefined;
}

function patchedFile(draft: Draft, cursor: Cursor): PatchedFile {
  const { oldName, newName, oldMode, newMode, oldBlob, newBlob, similarity } = draft;
  const change = changeOf(draft);
  return {
    change,
    ...(oldName !== undefined && change !== 'add' && { oldPath: decoded(oldName) }),
    ...(newName !== undefined && change !== 'delete' && { newPath: decoded(newName) }),
    written: [...new Set(draft.written.map(decoded))],
    ...(oldMode !== undefined && { oldMode }),
    ...(newMode !== undefined && { newMode }),
    ...(oldBlob !== undefined && { oldBlob }),
    ...(newBlob !== undefined && { newBlob }),
    ...(similarity !== undefined && { similarity }),
    hunks: [],
    addedLines: 0,
    removedLines: 0,
    line: draft.line,
    endLine: Math.max(draft.line, cursor.line - 1),
  };
}

function contradiction(draft: Draft, { hunks }: Hunks, line: number): Damage | undefined {
  if (draft.isNew === 'yes' && hunks.some(({ oldLines }) => oldLines > 0)) {
    return damagedHunk(line, 'a new file has lines to change');
  }
  return draft.isDelete === 'yes' && hunks.some(({ newLines }) => newLines > 0)
    ? damagedHunk(line, 'a deleted file has lines left')
    : undefined;
}
