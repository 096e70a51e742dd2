import * as v from 'valibot';
import type { Finding, Parsed } from '../model/finding.ts';
import { nearestWord } from '../model/nearest.ts';
import { failure } from './problem.ts';
import { shownText } from './shown-text.ts';
import type { YamlFile } from './yaml-file.ts';
import type { YamlMap, YamlPath, YamlValue } from './yaml-tree.ts';

/** One value of a YAML file, to be held against a schema. */
export interface YamlPart {
  readonly file: YamlFile;
  /** Path of the file. */
  readonly path: string;
  /** Keys and indexes from the root to the value. */
  readonly at: YamlPath;
  readonly value: YamlValue;
}

type Shape = v.StrictObjectSchema<v.ObjectEntries, undefined>;

/** A schema for text of a certain form; `expected` is a noun with its article. */
export function textLike(expected: string, pattern: RegExp) {
  return v.pipe(v.string(expected), v.maxLength(300, expected), v.regex(pattern, expected));
}

/**
 * Reads a map by a strict schema. The schema's messages say what is expected ('a list of branches').
 * Keys with a wrong value are left out of `value`, so that their defaults stand there;
 * it is `undefined` where nothing could be read, or a key without default is missing or wrong.
 */
export function readShape<S extends Shape>(
  schema: S,
  part: YamlPart,
): Parsed<v.InferOutput<S> | undefined> {
  const known = knownKeys(part, Object.keys(schema.entries));
  if (!known.value) return { value: undefined, problems: known.problems };
  const result = v.safeParse(schema, known.value, { abortPipeEarly: true });
  if (result.success) return { value: result.output, problems: known.problems };
  const wrong = new Set(result.issues.map((issue) => String(issue.path?.[0].key)));
  const rest = v.safeParse(schema, withoutKeys(known.value, wrong));
  return {
    value: rest.success ? rest.output : undefined,
    problems: [...known.problems, ...result.issues.map((issue) => issueFinding(issue, part))],
  };
}

/** The part's map without the keys that do not belong there; each of those is a finding. */
export function knownKeys(part: YamlPart, names: readonly string[]): Parsed<YamlMap | undefined> {
  if (!isYamlMap(part.value)) {
    return { value: undefined, problems: [wrongValue(part, 'a map of keys and values')] };
  }
  const unknown = Object.keys(part.value).filter((key) => !names.includes(key));
  return {
    value: withoutKeys(part.value, new Set(unknown)),
    problems: unknown.map((key) => unknownKey({ part, key, names })),
  };
}

/** The part below a key or an index. */
export function partAt(part: YamlPart, key: string | number, value: YamlValue): YamlPart {
  return { file: part.file, path: part.path, at: [...part.at, key], value };
}

export function isYamlMap(value: YamlValue | undefined): value is YamlMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isYamlList(value: YamlValue | undefined): value is readonly YamlValue[] {
  return Array.isArray(value);
}

/** Something else stands where `expected` should; `expected` is a noun with its article. */
export function wrongValue(part: YamlPart, expected: string): Finding {
  const subject = part.at.length === 0 ? part.path : dotted(part.at);
  return failure(
    { file: part.path, line: part.file.lineOf(part.at) },
    {
      code: 'wrong-value',
      message: `${subject} is ${described(part)}, not ${expected}`,
      remedy: `write ${expected}`,
    },
  );
}

/** A key is not of the kind that this map has. */
export function wrongKey(part: YamlPart, expected: string): Finding {
  return failure(
    { file: part.path, line: part.file.lineOf(part.at) },
    {
      code: 'wrong-key',
      message: `"${shownText(String(part.at.at(-1)))}" is not ${expected}`,
      remedy: `write ${expected}`,
    },
  );
}

function issueFinding(issue: v.BaseIssue<unknown>, part: YamlPart): Finding {
  const items = issue.path ?? [];
  const keys = items.map(({ key }) => key).filter((key) => isKey(key));
  const at = [...part.at, ...keys];
  if (items.at(-1)?.origin === 'key') return missingKey({ ...part, at });
  return wrongValue({ ...part, at, value: issue.input as YamlValue }, issue.message);
}

function isKey(key: unknown): key is string | number {
  return typeof key === 'string' || typeof key === 'number';
}

function missingKey(part: YamlPart): Finding {
  const owner = part.at.slice(0, -1);
  const key = String(part.at.at(-1));
  const subject = owner.length === 0 ? part.path : dotted(owner);
  return failure(
    { file: part.path, line: part.file.lineOf(owner) },
    { code: 'missing-key', message: `${subject} has no ${key}`, remedy: `add ${key}` },
  );
}

interface Unknown {
  readonly part: YamlPart;
  readonly key: string;
  readonly names: readonly string[];
}

function unknownKey({ part, key, names }: Unknown): Finding {
  const near = nearestWord(key.slice(0, 60), names);
  const at = [...part.at, key];
  return failure(
    { file: part.path, line: part.file.lineOf(at) },
    {
      code: 'unknown-key',
      message: `${dotted(at)} is not a key that Pinwheel knows`,
      remedy: near ? `write ${near}` : `remove it, or use one of ${names.join(', ')}`,
    },
  );
}

/** `components.ovn.tag`, `ignore[0].until`. */
function dotted(at: YamlPath): string {
  const parts = at.map((key) => (typeof key === 'number' ? `[${key}]` : `.${shownText(key)}`));
  return parts.join('').replace(/^\./, '');
}

function described(part: YamlPart): string {
  const { value } = part;
  if (value === null) return 'empty';
  if (typeof value === 'string') return `"${shownText(value)}"`;
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'a map';
  // As written: 3.10 without quotes is the number 3.1.
  const source = shownText(part.file.sourceOf(part.at) ?? String(value));
  return typeof value === 'number' ? `the number ${source}` : source;
}

function withoutKeys(map: YamlMap, names: ReadonlySet<string>): YamlMap {
  const rest = Object.create(null) as Record<string, YamlValue>;
  for (const [key, value] of Object.entries(map)) {
    if (!names.has(key)) rest[key] = value;
  }
  return rest;
}
