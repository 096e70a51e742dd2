import { advance, nextLine, remaining } from './patch-cursor.ts';
import type { Cursor, Damage } from './patch-cursor.ts';
import { damagedHeader, idleHeader } from './patch-damage.ts';
import { noted } from './patch-draft.ts';
import type { Draft } from './patch-draft.ts';
import { diffGitName, headerName, isDevNull, unquote } from './patch-names.ts';

/** Reads one line of the header into the draft; `text` is what follows the line's first words. */
type LineReader = (draft: Draft, text: string) => string | undefined;

/** First words of the lines of a header; what begins otherwise ends it. */
const readers: readonly (readonly [string, LineReader])[] = [
  ['--- ', readOldName],
  ['+++ ', readNewName],
  ['old mode ', readOldMode],
  ['new mode ', readNewMode],
  ['deleted file mode ', readDeletion],
  ['new file mode ', readCreation],
  ['copy from ', (draft, text) => readSource(draft, text, 'isCopy')],
  ['copy to ', (draft, text) => readTarget(draft, text, 'isCopy')],
  ['rename old ', (draft, text) => readSource(draft, text, 'isRename')],
  ['rename new ', (draft, text) => readTarget(draft, text, 'isRename')],
  ['rename from ', (draft, text) => readSource(draft, text, 'isRename')],
  ['rename to ', (draft, text) => readTarget(draft, text, 'isRename')],
  ['similarity index ', readSimilarity],
  ['dissimilarity index ', readSimilarity],
  ['index ', readIndex],
];

/**
 * Reads a header that begins with `diff --git`. Where that line stands alone, git would carry its
 * names over to the next header, so that the patch is damaged here.
 */
export function readGitHeader(cursor: Cursor, draft: Draft): 'read' | Damage {
  const first = nextLine(cursor);
  draft.line = cursor.line;
  draft.crlf = first.endsWith('\r\n');
  draft.isNew = 'no';
  draft.isDelete = 'no';
  const both = noted(draft, diffGitName(first.slice('diff --git '.length)));
  if (both !== undefined) draft.bothName = both;
  advance(cursor);
  const damage = readHeaderLines(cursor, draft) ?? completeNames(draft, cursor.line);
  if (damage) return damage;
  return cursor.line === draft.line + 1 ? idleHeader(draft.line) : 'read';
}

function readHeaderLines(cursor: Cursor, draft: Draft): Damage | undefined {
  while (remaining(cursor) > 0) {
    const text = nextLine(cursor);
    const reader = readers.find(([words]) => text.startsWith(words));
    if (!reader || !text.endsWith('\n')) return undefined;
    const problem = reader[1](draft, text.slice(reader[0].length)) ?? contradiction(draft);
    if (problem !== undefined) return damagedHeader(cursor.line, problem);
    advance(cursor);
  }
  return undefined;
}

const twoThings = 'it says two different things of one file';

function contradiction({ isNew, isDelete, isRename, isCopy }: Draft): string | undefined {
  const kinds = [isNew === 'yes', isDelete === 'yes', isRename, isCopy].filter(Boolean);
  return kinds.length > 1 ? twoThings : undefined;
}

/** The name of the first line serves where no other line has one, as in a change of mode. */
function completeNames(draft: Draft, line: number): Damage | undefined {
  if (draft.oldName === undefined && draft.newName === undefined) {
    if (draft.bothName === undefined) return damagedHeader(line, 'it names no file');
    draft.oldName = draft.bothName;
    draft.newName = draft.bothName;
  }
  const lacksNew = draft.newName === undefined && draft.isDelete !== 'yes';
  const lacksOld = draft.oldName === undefined && draft.isNew !== 'yes';
  if (lacksNew || lacksOld) return damagedHeader(line, 'it does not name the file');
  // git lets a file that is deleted have a new name, where the order of the lines is odd.
  const both = draft.oldName !== undefined && draft.newName !== undefined;
  return both && (draft.isNew === 'yes' || draft.isDelete === 'yes')
    ? damagedHeader(line, twoThings)
    : undefined;
}

function readOldName(draft: Draft, text: string): string | undefined {
  const name = sideName(draft, text);
  if (draft.oldName === undefined && draft.isNew !== 'yes') {
    if (name !== undefined) draft.oldName = name;
    return halfQuoted(text);
  }
  return disagreement(draft.oldName, name, { text, none: draft.isNew === 'yes' });
}

function readNewName(draft: Draft, text: string): string | undefined {
  const name = sideName(draft, text);
  if (draft.newName === undefined && draft.isDelete !== 'yes') {
    if (name !== undefined) draft.newName = name;
    return halfQuoted(text);
  }
  return disagreement(draft.newName, name, { text, none: draft.isDelete === 'yes' });
}

function sideName(draft: Draft, text: string): string | undefined {
  if (isDevNull(text)) return headerName(text, { strip: 1, end: 'tab' })?.name;
  return noted(draft, headerName(text, { strip: 1, end: 'tab' }));
}

function disagreement(
  known: string | undefined,
  name: string | undefined,
  { text, none }: { readonly text: string; readonly none: boolean },
): string | undefined {
  if (known === undefined) return isDevNull(text) ? undefined : 'it names a file that is not there';
  if (none) return 'it names a file that is not there';
  return name === known ? halfQuoted(text) : 'its lines name different files';
}

/** git looks for the closing quote on later lines, which no tool writes. */
function halfQuoted(text: string): string | undefined {
  return text.startsWith('"') && !unquote(text) ? 'a name in quotes does not end' : undefined;
}

function readMode(text: string): string | undefined {
  return /^[ \t]*0*([1-7][0-7]{0,7}|0)[ \t\r\n]/.exec(text)?.[1];
}

const noMode = 'its file mode is no number';

function readOldMode(draft: Draft, text: string): string | undefined {
  const mode = readMode(text);
  if (mode === undefined) return noMode;
  draft.oldMode = mode;
  return undefined;
}

function readNewMode(draft: Draft, text: string): string | undefined {
  const mode = readMode(text);
  if (mode === undefined) return noMode;
  draft.newMode = mode;
  return undefined;
}

function readDeletion(draft: Draft, text: string): string | undefined {
  draft.isDelete = 'yes';
  delete draft.oldName;
  if (draft.bothName !== undefined) draft.oldName = draft.bothName;
  return readOldMode(draft, text);
}

function readCreation(draft: Draft, text: string): string | undefined {
  draft.isNew = 'yes';
  delete draft.newName;
  if (draft.bothName !== undefined) draft.newName = draft.bothName;
  return readNewMode(draft, text);
}

function readSource(draft: Draft, text: string, kind: 'isCopy' | 'isRename'): string | undefined {
  draft[kind] = true;
  const name = noted(draft, headerName(text, { strip: 0, end: 'line' }));
  delete draft.oldName;
  if (name !== undefined) draft.oldName = name;
  return halfQuoted(text);
}

function readTarget(draft: Draft, text: string, kind: 'isCopy' | 'isRename'): string | undefined {
  draft[kind] = true;
  const name = noted(draft, headerName(text, { strip: 0, end: 'line' }));
  delete draft.newName;
  if (name !== undefined) draft.newName = name;
  return halfQuoted(text);
}

function readSimilarity(draft: Draft, text: string): undefined {
  const percent = Number(/^\d{1,3}/.exec(text)?.[0] ?? 101);
  if (percent <= 100) draft.similarity = percent;
}

/** A line of another shape is passed over, as git does; what are no digits counts for the mode only. */
function readIndex(draft: Draft, text: string): string | undefined {
  const found = /^([^.\n]{0,64})\.\.([^ \n]{0,64})[ \n]/.exec(text);
  if (!found) return undefined;
  const [all, before = '', after = ''] = found;
  if (/^[0-9a-f]{4,}\r?$/.test(after) && /^[0-9a-f]{4,}$/.test(before)) {
    draft.oldBlob = before;
    draft.newBlob = after.trimEnd();
  }
  return all.endsWith(' ') ? readOldMode(draft, text.slice(all.length)) : undefined;
}
