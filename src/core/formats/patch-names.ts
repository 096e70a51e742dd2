/*
 * File names in patches, as `git apply -p1` reads them. All text here is one character a byte.
 */

/** No system has longer paths; without a bound, a hostile line would take the square of its length. */
const longestName = 4200;

/** `"a/\303\274"` between its quotes, and what follows them; `undefined` where it is not well formed. */
export function unquote(
  text: string,
): { readonly name: string; readonly rest: string } | undefined {
  const quoted = /^"((?:[^"\\\n]|\\[abfnrtv"\\]|\\[0-3][0-7]{2})*)"/.exec(
    text.slice(0, 4 * longestName),
  );
  if (!quoted) return undefined;
  const name = (quoted[1] ?? '').replace(/\\([0-7]{3}|.)/g, (_, code: string) =>
    code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : (letters.get(code) ?? code),
  );
  return { name, rest: text.slice(quoted[0].length) };
}

const letters: ReadonlyMap<string, string> = new Map([
  ['a', '\u0007'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
]);

/** Which characters end a name that is not quoted, beside the end of the line. */
type NameEnd = 'tab' | 'line';

/**
 * The name after `--- `, `+++ ` (strip 1, a tab ends it) or `rename from ` (strip 0), as it stands
 * and as git uses it. `undefined` where nothing is left of it.
 */
export function headerName(
  text: string,
  { strip, end }: { readonly strip: 0 | 1; readonly end: NameEnd },
): Name | undefined {
  const written = unquote(text)?.name ?? bareName(text, end);
  return toName(written, strip);
}

/** A name of `---` or `+++` in a plain diff, where a date may follow it. */
export function plainName(text: string): Name | undefined {
  const quoted = unquote(text);
  if (quoted) return toName(quoted.name, 1);
  const line = text.endsWith('\n') ? text.slice(0, -1) : text;
  const dated = withoutDate(line);
  return toName(dated ?? bareName(text, 'tab'), 1);
}

/** A file name of a patch. */
export interface Name {
  /** As it stands there, unquoted. */
  readonly written: string;
  /** As git uses it. */
  readonly name: string;
}

function toName(written: string, strip: 0 | 1): Name | undefined {
  const slash = strip === 0 ? -1 : written.indexOf('/');
  if (strip === 1 && slash < 0) return undefined;
  const name = written.slice(slash + 1).replace(/\/{2,}/g, '/');
  return name === '' ? undefined : { written, name };
}

function bareName(text: string, end: NameEnd): string {
  const stop = text.search(end === 'tab' ? /[\t\r\n]/ : /[\r\n]/);
  return stop < 0 ? text : text.slice(0, stop);
}

/** `/dev/null` and nothing else but what git would ignore. */
export function isDevNull(text: string): boolean {
  return /^\/dev\/null[ \t\r\n]/.test(text);
}

/** The date that diff writes: `2010-07-05 19:41:17.620000023 -0500`, all but the day optional. */
const date = /(?:\d\d)?\d\d-\d\d-\d\d(?: \d\d:\d\d:\d\d(?:\.\d+)?)?(?: [+-](?:\d{4}|\d\d:\d\d))?$/;

/** No date is longer; without this bound, a line of digits would take the square of its length. */
const longestDate = 64;

/** The text before a date and the one tab, or the spaces, in front of it; `undefined` without a date. */
function withoutDate(line: string): string | undefined {
  const tail = line.slice(-longestDate);
  const found = date.exec(tail);
  if (!found) return undefined;
  const before = line.slice(0, line.length - tail.length + found.index);
  if (before.endsWith('\t')) return before.slice(0, -1);
  let end = before.length;
  while (before[end - 1] === ' ') end--;
  return end < before.length ? before.slice(0, end) : undefined;
}

/** GNU diff dates what does not exist with the epoch, in the zone of whoever made the diff. */
export function hasEpochDate(text: string): boolean {
  const stamp = text.slice(text.lastIndexOf('\t') + 1);
  const found =
    /^(1969-12-31|1970-01-01) ([0-2]\d):([0-5]\d):00(?:\.0+)? ([-+])([0-2]\d):?([0-5]\d)\n/.exec(
      stamp,
    );
  if (!found || !text.includes('\t')) return false;
  const [, day, hour, minute, sign, zoneHour, zoneMinute] = found;
  const zone = (Number(zoneHour) * 60 + Number(zoneMinute)) * (sign === '-' ? -1 : 1);
  const epoch = day === '1969-12-31' ? 24 * 60 : 0;
  return Number(hour) * 60 + Number(minute) - zone === epoch;
}

/**
 * The name that a `diff --git a/x b/x` line has twice, given what follows `diff --git `. There is
 * none where the two differ, as in a rename: other lines of the header have the names then.
 */
export function diffGitName(text: string): Name | undefined {
  const line = text.endsWith('\n') ? text.slice(0, -1) : text;
  if (line.startsWith('"')) return quotedPair(line);
  const slash = line.indexOf('/');
  if (slash < 1) return undefined;
  const quote = line.indexOf('"', slash + 1);
  if (quote >= 0) return halfQuotedPair(line, { slash, quote });
  return barePair(line, slash, text.endsWith('\n'));
}

function quotedPair(line: string): Name | undefined {
  const first = unquote(line);
  const second = unquote(first?.rest.replace(/^[ \t\r]+/, '') ?? '');
  const name = first && stripped(first.name);
  // With the second name bare, git finds no name, because it counts the line end to it.
  if (!first || name === undefined || !second) return undefined;
  return stripped(second.name) === name ? { written: first.name, name } : undefined;
}

function halfQuotedPair(
  line: string,
  { slash, quote }: { readonly slash: number; readonly quote: number },
): Name | undefined {
  const second = unquote(line.slice(quote));
  const name = second && stripped(second.name);
  if (!second || name === undefined) return undefined;
  const first = line.slice(slash + 1, quote);
  const same = first.startsWith(name) && /^[ \t\r]/.test(first.slice(name.length));
  return same ? { written: second.name, name } : undefined;
}

/** Both names are equally long, so that the gap tells where the slash of the second must be. */
function barePair(line: string, slash: number, whole: boolean): Name | undefined {
  if (!whole || line.length > 2 * longestName) return undefined;
  const rest = line.slice(slash + 1);
  let other = rest.indexOf('/');
  for (let gap = 0; gap < rest.length; gap++) {
    if (rest[gap] !== ' ' && rest[gap] !== '\t') continue;
    if (other <= gap) other = rest.indexOf('/', gap + 1);
    if (other < 0) return undefined;
    if (other === gap + 1 || other !== rest.length - 1 - gap) continue;
    const name = rest.slice(0, gap);
    if (rest.endsWith(name)) return { written: rest.slice(gap + 1), name };
  }
  return undefined;
}

function stripped(name: string): string | undefined {
  const slash = name.indexOf('/');
  return slash < 1 ? undefined : name.slice(slash + 1);
}
