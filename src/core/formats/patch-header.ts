import type { PatchHeader } from '../model/patch.ts';
import { decodeWords } from './encoded-words.ts';

/** No commit message is longer; what follows is the patch itself. */
const longest = 64 * 1024;

/** Where `git am` sees the message end: a line of dashes, or a diff. */
const messageEnd = /^(?:diff -|Index: |--- \S|---[ \t\r]*$)/m;

/**
 * Reads the head of a `git format-patch` file: mail headers and the commit message, of the first
 * commit where the file holds several. For text that is no such file, all fields are missing.
 */
export function readPatchHeader(text: string): PatchHeader {
  const head = text.slice(0, longest);
  const end = messageEnd.exec(head)?.index ?? head.length;
  const lines = head.slice(0, end).replace(/\r$/gm, '').split('\n');
  const commit = /^From ([0-9a-f]{40}) /.exec(lines[0] ?? '')?.[1];
  const mail = headerBlock(commit === undefined ? lines : lines.slice(1));
  const inner = innerBlock(mail.rest);
  const fields = new Map([...mail.fields, ...inner.fields]);
  const author = readAuthor(fieldText(fields, 'from'));
  const date = fieldText(fields, 'date');
  const subject = readSubject(fieldText(fields, 'subject'));
  return {
    ...(commit !== undefined && !/^0+$/.test(commit) && { commit }),
    ...(author && { author }),
    ...(date && { date }),
    ...(subject && { subject }),
    ...readMessage(inner.rest),
  };
}

interface Block {
  /** By lower-case name, unfolded. */
  readonly fields: ReadonlyMap<string, string>;
  readonly rest: readonly string[];
}

/** Mail headers down to the first empty line. */
function headerBlock(lines: readonly string[]): Block {
  const fields = new Map<string, string>();
  let name = '';
  for (const [index, line] of lines.entries()) {
    const folded = /^[ \t]+(.*)$/.exec(line)?.[1];
    const header = /^([A-Za-z][A-Za-z0-9-]*):[ \t]*(.*)$/.exec(line);
    if (folded !== undefined && name !== '')
      fields.set(name, `${fields.get(name) ?? ''} ${folded}`);
    else if (header) {
      name = (header[1] ?? '').toLowerCase();
      fields.set(name, header[2] ?? '');
    } else return { fields, rest: lines.slice(index) };
  }
  return { fields, rest: [] };
}

/** With `format-patch --from` the author stands on top of the message, and `git am` obeys that. */
function innerBlock(lines: readonly string[]): Block {
  const first = lines.findIndex((line) => line.trim() !== '');
  const inner = /^(?:From|Date|Subject): /.test(lines[first] ?? '');
  return inner ? headerBlock(lines.slice(first)) : { fields: new Map(), rest: lines };
}

/** No header that people read is longer than this. */
function fieldText(fields: Block['fields'], name: string): string {
  return (fields.get(name) ?? '').slice(0, 4096).trim();
}

function readAuthor(value: string): string {
  const quoted = /^"((?:[^"\\]|\\.)*)"(.*)$/.exec(value);
  return decodeWords(quoted ? `${unescaped(quoted[1] ?? '')}${quoted[2] ?? ''}` : value);
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, '$1');
}

/** `[PATCH 2/3]` was put there by format-patch; `[stable-only]` after it belongs to the commit. */
function readSubject(value: string): string {
  return decodeWords(value).replace(/^\s*\[[^\]]*PATCH[^\]]*\]\s*/, '');
}

type Message = Pick<PatchHeader, 'changeId' | 'bugs' | 'cherryPickedFrom'>;

/**
 * A Change-Id counts in the last paragraph only, as for Gerrit: others may be quoted above it.
 * Bugs count anywhere, because every fifth `Closes-Bug` of nova stands in a paragraph of its own.
 */
function readMessage(lines: readonly string[]): Message {
  const changeIds = lastParagraph(lines).flatMap(
    (line) => /^Change-Id:\s*(I[0-9a-f]{40})\s*$/i.exec(line)?.[1] ?? [],
  );
  const changeId = changeIds.at(-1);
  return {
    ...(changeId !== undefined && { changeId }),
    bugs: [...new Set(lines.flatMap((line) => bugsOf(line)))],
    cherryPickedFrom: lines.flatMap(
      (line) => /^\(cherry picked from commit ([0-9a-f]{40})\)\s*$/.exec(line)?.[1] ?? [],
    ),
  };
}

function lastParagraph(lines: readonly string[]): readonly string[] {
  const end = lines.findLastIndex((line) => line.trim() !== '') + 1;
  const start = lines.slice(0, end).findLastIndex((line) => line.trim() === '') + 1;
  return lines.slice(start, end);
}

/** Seen in use: `#1934094`, `##2148903`, `bug/1939020`, a Launchpad URL; `OSPRH-29345` is no bug there. */
function bugsOf(line: string): readonly string[] {
  const value = /^(?:closes|partial|related)[- ]bug:(.*)$/i.exec(line)?.[1] ?? '';
  return [...value.matchAll(/(?<=^|[\s,#/])\d{4,9}(?=$|[\s,.;])/g)].map(([bug]) => bug);
}
