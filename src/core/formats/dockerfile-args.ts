/** ARGs by name; `undefined` is one that has no default. */
export type BuildArgs = ReadonlyMap<string, string | undefined>;

/** Text after expansion, or the first variable that has no value. */
export type Expanded =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'unset'; readonly name: string };

/** `$NAME`, `${NAME}`, `${NAME:-word}` and its siblings; the word may hold one more in braces. */
const variable =
  /\\\$|\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-+?])((?:[^{}$]|\$\{[^{}]*\}|\$)*))?\})/g;

/** Puts the values of ARGs into text, as BuildKit does for FROM. */
export function expandArgs(text: string, args: BuildArgs): Expanded {
  let expanded = '';
  let end = 0;
  for (const match of text.matchAll(variable)) {
    const value = expandOne(match, args);
    if (value.kind === 'unset') return value;
    expanded += text.slice(end, match.index) + value.text;
    end = match.index + match[0].length;
  }
  return { kind: 'text', text: expanded + text.slice(end) };
}

function expandOne(match: readonly (string | undefined)[], args: BuildArgs): Expanded {
  const [whole = '', bare, braced, operator = '', word = ''] = match;
  const name = bare ?? braced;
  if (name === undefined) return { kind: 'text', text: whole.slice(1) };
  const value = args.get(name);
  const set = value !== undefined && (value !== '' || !operator.startsWith(':'));
  if (operator.endsWith('+')) return set ? expandArgs(word, args) : { kind: 'text', text: '' };
  if (set) return { kind: 'text', text: value };
  return operator.endsWith('-') ? expandArgs(word, args) : { kind: 'unset', name };
}
