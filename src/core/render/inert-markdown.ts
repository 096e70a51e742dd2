import type { Parents, PhrasingContent, Root, RootContent, Text } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown, gfmToMarkdown } from 'mdast-util-gfm';
import { toMarkdown } from 'mdast-util-to-markdown';
import { gfm } from 'micromark-extension-gfm';

/** More than anybody reads of one note. */
const mostCharacters = 4_000;

/**
 * Somebody else's Markdown with nothing in it that acts: what GitHub would take for a mention, a reference
 * or an address of its own becomes code, HTML becomes code, headings become bold words, pictures go.
 */
export function inertMarkdown(text: string): string {
  const cut = text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text;
  const tree = fromMarkdown(cut, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
  const inert: Root = { type: 'root', children: tree.children.flatMap(inertBlock) };
  return toMarkdown(inert, { extensions: [gfmToMarkdown()], bullet: '-' }).trim();
}

/** Addresses and notes that something else refers to. */
const dropped: ReadonlySet<string> = new Set(['definition', 'footnoteDefinition', 'yaml']);

function inertBlock(node: RootContent): readonly RootContent[] {
  if (dropped.has(node.type)) return [];
  if (node.type === 'heading') {
    return [
      { type: 'paragraph', children: [{ type: 'strong', children: phrases(node.children) }] },
    ];
  }
  if (node.type === 'paragraph' || node.type === 'tableCell') {
    return [{ ...node, children: phrases(node.children) }];
  }
  if (node.type === 'html') return [{ type: 'code', value: node.value }];
  if (node.type === 'code' || node.type === 'thematicBreak') return [node];
  return 'children' in node ? [inertParent(node)] : inertPhrase(node as PhrasingContent);
}

/** Lists, quotes, tables: the same with inert children. */
function inertParent<T extends Parents>(node: T): T {
  const children = node.children.flatMap((child: RootContent) => inertBlock(child));
  return { ...node, children: apart(children) };
}

function phrases(nodes: readonly PhrasingContent[]): PhrasingContent[] {
  return apart(nodes.flatMap(inertPhrase));
}

/** Two pieces of code side by side would be read as one, or as none: their fences run together. */
function apart<T extends RootContent>(nodes: readonly T[]): (T | Text)[] {
  return nodes.flatMap((node, index) =>
    node.type === 'inlineCode' && nodes[index - 1]?.type === 'inlineCode'
      ? [{ type: 'text', value: ' ' }, node]
      : [node],
  );
}

function inertPhrase(node: PhrasingContent): PhrasingContent[] {
  if (node.type === 'text') return inertText(node.value);
  if (node.type === 'html' || node.type === 'inlineCode') {
    return [{ type: 'inlineCode', value: node.value }];
  }
  if (node.type === 'image' || node.type === 'imageReference') return inertText(node.alt ?? '');
  if (node.type === 'footnoteReference') return [];
  if (node.type === 'linkReference') return phrases(node.children);
  if (node.type === 'link' && isGitHub(node.url)) return [{ type: 'inlineCode', value: node.url }];
  return 'children' in node ? [{ ...node, children: phrases(node.children) }] : [node];
}

/** Commands at the start of a line, mentions, `#1`, `owner/name#1`, `GH-1`, commits, and addresses of GitHub: what it would link. Whole words, for what is left of one would be looked at anew. */
const acting =
  /(?<=^|\n)\s*\/[a-z][\w-]*|@[\w-]+(?:\/[\w.-]+)?|(?:[\w.-]+\/[\w.-]+)?#\d[\w-]*|\bGH-\d[\w-]*|\b(?:[\w.-]+\/[\w.-]+@)?[0-9a-f]{7,40}\b|(?:https?:\/\/)?(?:[\w-]+\.)*github\.com\/\S+/gi;

function inertText(text: string): PhrasingContent[] {
  const parts: PhrasingContent[] = [];
  let at = 0;
  for (const match of text.matchAll(acting)) {
    if (match.index > at) parts.push({ type: 'text', value: text.slice(at, match.index) });
    parts.push({ type: 'inlineCode', value: match[0] });
    at = match.index + match[0].length;
  }
  if (at < text.length) parts.push({ type: 'text', value: text.slice(at) });
  return parts;
}

function isGitHub(url: string): boolean {
  return /^(?:https?:)?\/\/(?:[\w-]+\.)*github\.com(?:[/:]|$)/i.test(url) || !/^https?:/i.test(url);
}
