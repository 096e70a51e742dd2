import type { PatchHunk } from '../model/patch-content.ts';
import { advance, nextLine, remaining, startsWith } from './patch-cursor.ts';
import type { Cursor, Damage } from './patch-cursor.ts';
import { cutOff, damagedHunk } from './patch-damage.ts';

/** The hunks of one file. */
export interface Hunks {
  readonly hunks: readonly PatchHunk[];
  readonly added: number;
  readonly removed: number;
  /** What the lines of the new side say, one character a byte, if there is one hunk and it is short. */
  readonly newText?: string;
  readonly damage?: Damage;
}

type Range = Omit<PatchHunk, 'line' | 'endLine'>;

/** A symlink's target has at most as many bytes. */
const longestTarget = 4096;

/** Reads hunks as long as there are any; `room` is how many more a patch may have. */
export function readHunks(cursor: Cursor, room: number): Hunks {
  const hunks: PatchHunk[] = [];
  let [added, removed] = [0, 0];
  let newText = '';
  while (startsWith(cursor, '@@ -') && remaining(cursor) > 4 && hunks.length < room) {
    const hunk = readHunk(cursor);
    if ('words' in hunk) return { hunks, added, removed, damage: hunk };
    hunks.push(hunk.hunk);
    added += hunk.added;
    removed += hunk.removed;
    newText = hunk.newText;
  }
  const told = hunks.length === 1 && newText.length <= longestTarget;
  return { hunks, added, removed, ...(told && { newText }) };
}

/** What a `@@` line says; `undefined` where it is none that git would take. */
export function hunkRange(line: string): Range | undefined {
  const found = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line.slice(0, 200));
  if (!found || !line.endsWith('\n')) return undefined;
  const [oldStart = 0, oldLines = 1, newStart = 0, newLines = 1] = found
    .slice(1)
    .map((digits: string | undefined) => (digits === undefined ? undefined : Number(digits)));
  return { oldStart, oldLines, newStart, newLines };
}

interface Count {
  old: number;
  new: number;
  added: number;
  removed: number;
  newText: string;
  /** First character of the last line. */
  last: string;
}

interface OneHunk {
  readonly hunk: PatchHunk;
  readonly added: number;
  readonly removed: number;
  readonly newText: string;
}

function readHunk(cursor: Cursor): OneHunk | Damage {
  const start = cursor.line;
  const range = hunkRange(nextLine(cursor));
  if (!range) return damagedHunk(start, 'its @@ line cannot be read');
  advance(cursor);
  const count: Count = {
    old: range.oldLines,
    new: range.newLines,
    added: 0,
    removed: 0,
    newText: '',
    last: '',
  };
  while (count.old !== 0 || count.new !== 0) {
    const text = nextLine(cursor);
    if (!text.endsWith('\n')) return cutOff(cursor.line, start);
    if (!takeLine(count, text) || count.old < 0 || count.new < 0) {
      return damagedHunk(cursor.line, `its @@ line ${start} promises other lines`);
    }
    advance(cursor);
  }
  if (count.added + count.removed === 0) return damagedHunk(start, 'it changes no line');
  takeEndMark(cursor, count);
  const { added, removed, newText } = count;
  return { hunk: { ...range, line: start, endLine: cursor.line - 1 }, added, removed, newText };
}

/** False for a line that has no place in a hunk. An empty one is context whose blank was lost. */
function takeLine(count: Count, text: string): boolean {
  const sign = text[0];
  if (sign === '\\') return takeMark(count, text);
  if (sign !== '-' && sign !== '+' && sign !== ' ' && sign !== '\n') return false;
  if (sign !== '+') count.old--;
  if (sign !== '-') count.new--;
  if (sign === '+') count.added++;
  if (sign === '-') count.removed++;
  count.last = sign;
  if (sign !== '-' && count.newText.length <= longestTarget) count.newText += text.slice(1);
  return true;
}

/** `\ No newline at end of file`, in any language: the line before it has no line end. */
function takeMark(count: Count, text: string): boolean {
  if (text.length < 12 || !text.startsWith('\\ ')) return false;
  const ends = count.last === '+' || count.last === ' ' || count.last === '\n';
  if (ends && count.newText.endsWith('\n')) count.newText = count.newText.slice(0, -1);
  count.last = '\\';
  return true;
}

/** The mark of the last line stands where nothing more is due. */
function takeEndMark(cursor: Cursor, count: Count): void {
  if (remaining(cursor) > 12 && takeMark(count, nextLine(cursor))) advance(cursor);
}
