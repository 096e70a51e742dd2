/*
 * Markdown for GitHub. Text that is not ours goes into code, where GitHub looks for no mentions, no
 * references and no closing keywords; longer text of others goes through inert-markdown.ts.
 */

/** A code span for any one-line text. */
export function code(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line === '') return '';
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** A fenced block, for commands to paste and for diffs. */
export function block(text: string, language = ''): string {
  const longest = Math.max(2, ...[...text.matchAll(/^`{3,}/gm)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text.replace(/\n+$/, '')}\n${fence}`;
}

/** A link whose text is Markdown and whose address is ours to make. */
export function link(words: string, url: string): string {
  return `[${words}](${url.replace(/[()\s<>]/g, (c) => encodeURIComponent(c))})`;
}

/** Cells are Markdown; a bar in one would end it, even inside of code. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s*\n\s*/g, '<br>');
}

/** The same where Markdown is not read, as in what is shown of a folded part. */
export function htmlCode(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const safe = line.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
  return `<code>${safe}</code>`;
}

/** A part that the reader unfolds; what is shown of it before is HTML. */
export function details(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body.trim()}\n\n</details>`;
}

/** A part of a text that has a limit. */
export interface Section {
  readonly text: string;
  /** True for what may be left out where there is no room: the last ones go first. */
  readonly optional?: boolean;
  /** What stands in its place then. */
  readonly instead?: string;
}

/** Sections joined, within a number of characters; what is not optional is never cut. */
export function fit(sections: readonly Section[], limit: number): string {
  const shown = sections.filter(({ text }) => text !== '').map((section) => ({ ...section }));
  for (let index = shown.length - 1; index >= 0 && lengthOf(shown) > limit; index -= 1) {
    const section = shown[index];
    if (section?.optional === true) {
      shown[index] = { text: section.instead ?? 'Left out here: there is no room for it.' };
    }
  }
  return `${shown.map(({ text }) => text.trim()).join('\n\n')}\n`;
}

function lengthOf(sections: readonly Section[]): number {
  return sections.reduce((sum, { text }) => sum + text.length + 2, 0);
}

/** `3 patches`, `1 patch`. */
export function count(n: number, noun: string): string {
  const plural = /(?:ch|sh|s|x)$/.test(noun) ? `${noun}es` : `${noun.replace(/y$/, 'ie')}s`;
  return `${n} ${n === 1 ? noun : plural}`;
}
