/**
 * A tag as pbr reads it (`SemanticVersion.from_pip_string` of pbr 7.1). That is neither SemVer nor
 * PEP 440: always three numbers, `2.6.0.1` is a development version, `12.0.0a0` is `12.0.0.0a0`.
 */
export interface PbrVersion {
  readonly release: readonly [major: number, minor: number, patch: number];
  /** `a`, `b`, `rc`, or whatever letters stand there. */
  readonly pre?: { readonly type: string; readonly number: number };
  /** 0 for none. */
  readonly dev: number;
}

/** Reads a tag's name; `undefined` where pbr sees no version in it (`2025.2-eol`, `essex-rc4`). */
export function readPbrVersion(tag: string): PbrVersion | undefined {
  const [main = ''] = tag
    .replaceAll('-', '.')
    .replace(/^[vV]+/, '')
    .split('+');
  if (!/^\d/.test(main)) return undefined;
  const parts = splitVersion(main.split('.'));
  if (!parts) return undefined;
  const [major = '', minor = '', ...others] = parts;
  // `1.2.dev4` and `1.2.b4`: the third number is not written.
  const [patch = '', ...rest] = isNumber(others[0]) ? others : ['0', ...others];
  const suffix = readSuffix(rest);
  if (!suffix) return undefined;
  return withPost([Number(major), Number(minor), Number(patch)], suffix);
}

/** Negative when `a` is older than `b`. Development versions come before the pre-releases. */
export function comparePbrVersions(a: PbrVersion, b: PbrVersion): number {
  const [left, right] = [sortKey(a), sortKey(b)];
  for (const [index, value] of left.entries()) {
    const other = right[index] ?? 0;
    if (value !== other) return value < other ? -1 : 1;
  }
  return 0;
}

function sortKey({ release, pre, dev }: PbrVersion): readonly (number | string)[] {
  const isPlainDev = dev > 0 && !pre;
  return [...release, isPlainDev ? 0 : 1, pre?.type ?? 'z', pre?.number ?? 0, dev || Infinity];
}

function isNumber(text: string | undefined): boolean {
  return text !== undefined && /^\d+$/.test(text);
}

/** Numbers first, at least three of them, then what is left. A number after a word is counted twice. */
function splitVersion(written: readonly string[]): readonly string[] | undefined {
  const numbers = written.filter(isNumber);
  if (numbers.length === 0) return undefined;
  if (numbers.length >= 3) return [...numbers, ...written.slice(numbers.length)];
  const [mixed, ...after] = written.slice(numbers.length);
  if (mixed === undefined) return [...numbers, ...zeros(numbers.length)];
  if (mixed === '') return undefined;
  const digits = /^\d*/.exec(mixed)?.[0] ?? '';
  if (digits === '') return [...numbers, ...zeros(numbers.length), mixed, ...after];
  // `1.3a1`: the 3 belongs to the numbers.
  const all = [...numbers, digits];
  return [...all, ...zeros(all.length), mixed.slice(digits.length), ...after];
}

function zeros(given: number): readonly string[] {
  return Array.from({ length: 3 - given }, () => '0');
}

interface Suffix {
  readonly pre?: { readonly type: string; readonly number: number };
  readonly dev: number;
  readonly post: number;
}

function readSuffix(words: readonly string[]): Suffix | undefined {
  const [first, ...others] = words;
  if (first === undefined) return { dev: 0, post: 0 };
  // The old form of a development version, `0.1.2.3.g1234`.
  if (isNumber(first) && Number(first) > 0) return { dev: Number(first), post: 0 };
  if (!/^[0abr]/.test(first)) return readDevAndPost(words);
  const [, type, number] = /^\d*([A-Za-z]+)(\d+)$/.exec(first) ?? [];
  const rest = readDevAndPost(others);
  if (type === undefined || !rest) return undefined;
  return { ...rest, pre: { type, number: Number(number) } };
}

function readDevAndPost(words: readonly string[]): Suffix | undefined {
  let suffix: Suffix = { dev: 0, post: 0 };
  for (const word of words) {
    const [, kind, digits] = /^(dev|post)(\d+)$/.exec(word) ?? [];
    if (kind === undefined) return undefined;
    suffix = kind === 'dev' ? { ...suffix, dev: Number(digits) } : { dev: 0, post: Number(digits) };
  }
  return suffix.dev > 0 && suffix.post > 0 ? undefined : suffix;
}

/** `1.2.3.post4` is taken for four commits on the way to the next version. */
function withPost(
  [major, minor, patch]: PbrVersion['release'],
  { pre, dev, post }: Suffix,
): PbrVersion {
  if (post === 0) return { release: [major, minor, patch], ...(pre && { pre }), dev };
  if (!pre) return { release: [major, minor, patch + 1], dev: post };
  return {
    release: [major, minor, patch],
    pre: { type: pre.type, number: pre.number + 1 },
    dev: post,
  };
}
