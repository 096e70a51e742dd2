/** HTML in Markdown, as far as GitHub lets it through. */

/** Elements that are kept, and the attributes that each may have. */
const allowed = new Map<string, readonly string[]>(
  Object.entries({
    a: ['href', 'title'],
    img: ['src', 'alt', 'width', 'height'],
    details: ['open'],
    ol: ['start'],
    td: ['align', 'colspan', 'rowspan'],
    th: ['align', 'colspan', 'rowspan'],
  }),
);
const plain =
  'b blockquote br code dd del dl dt em h1 h2 h3 h4 h5 h6 hr i ins kbd li p pre q s samp strong ' +
  'sub summary sup table tbody thead tr tt ul var';
for (const name of plain.split(' ')) allowed.set(name, []);

/** A comment, a tag, or text up to the next of them. */
const piece =
  /<!--[\s\S]*?(?:-->|$)|<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>|[^<]+|</g;

/** Raw HTML with what is not allowed written out as text; comments disappear. */
export function keepSafe(raw: string): string {
  return [...raw.matchAll(piece)].map(keepPiece).join('');
}

function keepPiece([whole, slash, name, rest]: readonly (string | undefined)[]): string {
  if (whole === undefined || whole.startsWith('<!--')) return '';
  const tag = (name ?? '').toLowerCase();
  const attributes = allowed.get(tag);
  if (attributes === undefined) return escapeHtml(whole);
  return slash === '/' ? `</${tag}>` : `<${tag}${keepAttributes(rest ?? '', attributes)}>`;
}

function keepAttributes(text: string, names: readonly string[]): string {
  const found = text.matchAll(/([a-zA-Z-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g);
  const kept = [...found].flatMap(([, name = '', ...values]) => {
    const value = (values as (string | undefined)[]).find((one) => one !== undefined) ?? '';
    const isAddress = /^(href|src)$/i.test(name);
    if (!names.includes(name.toLowerCase()) || (isAddress && !isSafeAddress(value))) return [];
    return [` ${name.toLowerCase()}="${escapeHtml(value)}"`];
  });
  return kept.join('');
}

function isSafeAddress(address: string): boolean {
  return /^(https?:\/\/|mailto:|[#/]|[\w.-]+(\/|$))/i.test(address);
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
