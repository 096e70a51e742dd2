import { advance, lineAfter, nextLine } from './patch-cursor.ts';
import type { Cursor, Damage } from './patch-cursor.ts';
import { namelessHeader } from './patch-damage.ts';
import { noted } from './patch-draft.ts';
import type { Draft } from './patch-draft.ts';
import { hasEpochDate, isDevNull, plainName } from './patch-names.ts';

/** Reads the `---` and `+++` lines of a plain diff, between which there is no `diff --git`. */
export function readPlainHeader(cursor: Cursor, draft: Draft): 'read' | Damage {
  const [first, second] = [nextLine(cursor), lineAfter(cursor)].map((line) => line.slice(4));
  const line = cursor.line;
  draft.line = line;
  draft.crlf = (first ?? '').endsWith('\r\n');
  const known = readNames(draft, first ?? '', second ?? '');
  advance(cursor);
  advance(cursor);
  return known ? 'read' : namelessHeader(line);
}

function readNames(draft: Draft, first: string, second: string): boolean {
  const from = isDevNull(first) ? undefined : noted(draft, plainName(first));
  const to = isDevNull(second) ? undefined : noted(draft, plainName(second));
  const name = isDevNull(first) ? to : isDevNull(second) ? from : shorterName(from, to);
  if (name === undefined) return false;
  if (isDevNull(first)) return takeNames(draft, { newName: name });
  if (isDevNull(second)) return takeNames(draft, { oldName: name });
  if (hasEpochDate(first)) return takeNames(draft, { newName: name });
  if (hasEpochDate(second)) return takeNames(draft, { oldName: name });
  return takeNames(draft, { oldName: name, newName: name });
}

/** One may be `file.orig`: git takes the first where the second only goes on from it. */
function shorterName(from: string | undefined, to: string | undefined): string | undefined {
  if (to === undefined) return from;
  return from !== undefined && to.startsWith(from) ? from : to;
}

function takeNames(
  draft: Draft,
  { oldName, newName }: { readonly oldName?: string; readonly newName?: string },
): true {
  if (oldName !== undefined) draft.oldName = oldName;
  if (newName !== undefined) draft.newName = newName;
  if (oldName === undefined || newName === undefined) {
    draft.isNew = oldName === undefined ? 'yes' : 'no';
    draft.isDelete = newName === undefined ? 'yes' : 'no';
  }
  return true;
}
