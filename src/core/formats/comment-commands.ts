import type { Nodes, Paragraph, Parents, Root } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { commandText } from '../model/command.ts';
import type { CommandLine } from '../model/command.ts';
import { findCommandSpec } from '../model/command-table.ts';
import { readCommandLine } from './command-line.ts';
import type { ProseLine } from './command-line.ts';

/** Markdown that is written to be slow takes a second at this length, and fifteen at GitHub's 65,536. */
const mostCharacters = 20_000;

/** Quotes and lists within one another that nobody writes: they take the parser's stack. */
const tooDeep = /^[ \t]*(?:(?:>|[-+*]|\d{1,9}[.)])[ \t]*){100}/m;

/**
 * The commands of a comment, in their order. Only lines of prose count: what is code, a quote, a link, a
 * heading, a table or within HTML was not said by the person who commented.
 */
export function commentCommands(text: string): readonly CommandLine[] {
  const body = text.slice(0, mostCharacters);
  // Nearly all comments have no such line, and Markdown is slow to read.
  if (!/\/[a-z]/iu.test(body) || isOurs(text) || tooDeep.test(body)) return [];
  const tree = fromMarkdown(body, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
  const read = proseLines(tree, body).flatMap((line) => readCommandLine(line) ?? []);
  return [...read, ...unread(text)];
}

/** Commands behind the end of what is read are not passed over in silence. */
function unread(text: string): readonly CommandLine[] {
  const found = /^[ \t]*(\/[a-z-]{1,40})\b/m.exec(text.slice(mostCharacters));
  const line = found?.[1];
  if (line === undefined || !findCommandSpec(line.slice(1))) return [];
  const message = `the comment has ${text.length} characters, and commands are read in the first ${mostCharacters}`;
  const place = { column: 0, length: line.length, message };
  return [{ kind: 'mistake', mistake: { line, lineNumber: 0, ...place } }];
}

/** Commands that an edit added. What stood there before was taken then, or was refused. */
export function addedCommands(
  before: readonly string[],
  now: readonly CommandLine[],
): readonly CommandLine[] {
  const known = new Map<string, number>();
  for (const text of before) known.set(text, (known.get(text) ?? 0) + 1);
  return now.filter((line) => {
    const text = commandText(line);
    const left = known.get(text) ?? 0;
    known.set(text, left - 1);
    return left <= 0;
  });
}

/** What the bot writes has a mark in it, wherever somebody pastes it. */
function isOurs(body: string): boolean {
  return body.includes('<!-- pinwheel:');
}

/** How many tags are open: what stands between two of them is not prose. */
interface Walk {
  readonly body: string;
  readonly lines: ProseLine[];
  open: number;
}

function proseLines(tree: Root, body: string): readonly ProseLine[] {
  const walk: Walk = { body, lines: [], open: 0 };
  visitBlocks(tree, walk);
  return walk.lines;
}

/** Without recursion: hostile comments are nested thousands deep. */
function visitBlocks(tree: Root, walk: Walk): void {
  const waiting: Nodes[] = [tree];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.type === 'html') walk.open = tagsOpenAfter(node.value, walk.open);
    else if (node.type === 'paragraph') visitParagraph(node, walk);
    else if (node.type === 'root' || node.type === 'list' || node.type === 'listItem') {
      waiting.push(...[...(node as Parents).children].reverse());
    }
  }
}

/** A line counts where its first letter stands in plain text. */
function visitParagraph(paragraph: Paragraph, walk: Walk): void {
  const plain = plainPlaces(paragraph, walk);
  const { from, to } = placeOf(paragraph);
  const first = paragraph.position?.start.line ?? 1;
  let next = 0;
  for (const [index, line] of linesOf(walk.body.slice(from, to)).entries()) {
    const begins = from + line.offset;
    while ((plain[next]?.to ?? Number.POSITIVE_INFINITY) <= begins) next += 1;
    if ((plain[next]?.from ?? Number.POSITIVE_INFINITY) <= begins) {
      walk.lines.push({ text: line.text, number: first + index });
    }
  }
}

interface Offsets {
  readonly from: number;
  readonly to: number;
}

function placeOf({ position }: Nodes): Offsets {
  const from = position?.start.offset ?? 0;
  return { from, to: position?.end.offset ?? from };
}

/** Tags are counted on the way. */
function plainPlaces({ children }: Paragraph, walk: Walk): readonly Offsets[] {
  return children.flatMap((child) => {
    if (child.type === 'html') walk.open = tagsOpenAfter(child.value, walk.open);
    return child.type === 'text' && walk.open === 0 ? [placeOf(child)] : [];
  });
}

/** Without spaces at their ends; the offset is that of the first letter. */
function linesOf(text: string): readonly { readonly text: string; readonly offset: number }[] {
  return [...text.matchAll(/[^\r\n]*(?:\r\n|\r|\n|$)/g)].map(({ 0: line, index }) => ({
    text: line.trim(),
    offset: index + line.search(/\S|$/u),
  }));
}

/** Elements that have no end. */
const voids: ReadonlySet<string> = new Set(['br', 'hr', 'img', 'input', 'wbr', 'source']);

function tagsOpenAfter(html: string, open: number): number {
  let now = open;
  const bare = html.replace(/<!--[\s\S]*?(?:-->|$)/g, '');
  for (const [tag, slash, name = ''] of bare.matchAll(/<(\/?)([a-z][a-z0-9-]*)[^>]*>/gi)) {
    if (voids.has(name.toLowerCase()) || tag.endsWith('/>')) continue;
    now = Math.max(0, now + (slash === '/' ? -1 : 1));
  }
  return now;
}
