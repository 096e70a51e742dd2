import * as v from 'valibot';
import type { Finding, Parsed } from '../model/finding.ts';
import type { Lock, LockContent, LockedComponent } from '../model/lock.ts';
import { aComponentName, componentName, seriesId } from './names.ts';
import { inLineOrder } from './problem.ts';
import { readYaml } from './yaml-file.ts';
import { isYamlMap, knownKeys, partAt, readShape, textLike } from './yaml-shape.ts';
import { wrongKey, wrongValue } from './yaml-shape.ts';
import type { YamlPart } from './yaml-shape.ts';

const componentSchema = v.strictObject({
  ref: textLike('a ref in quotes', /^[^\s-]\S*$/),
  commit: textLike('a commit of 40 digits in quotes', /^[0-9a-f]{40}$/),
  version: textLike('a version in quotes', /^[0-9A-Za-z][0-9A-Za-z.!+_-]*$/),
});

const headSchema = v.strictObject({
  series: textLike('a series id in quotes', seriesId),
  python: textLike("a Python version in quotes, such as '3.12'", /^3\.[0-9]{1,2}$/),
});

const lockKeys = [...Object.keys(headSchema.entries), 'baseImages', 'components'];
const imageReference = /^[A-Za-z0-9][A-Za-z0-9._:/-]*$/;
const digest = textLike("a digest in quotes, 'sha256:' and 64 digits", /^sha256:[0-9a-f]{64}$/);

/** Reads source-refs.lock.yaml of a series. Where there are problems, the value is not to be used. */
export function readLock(text: string, path: string, series: string): Parsed<Lock> {
  const { value: file, problems: yaml } = readYaml(text, { path, scalars: 'typed' });
  const root: YamlPart = { file, path, at: [], value: file.value ?? null };
  const keys = yaml.length === 0 ? knownKeys(root, lockKeys) : { value: undefined, problems: [] };
  const { components = {}, baseImages = {}, ...head } = keys.value ?? {};
  const parts = {
    head: keys.value ? readHead({ ...root, value: head }, series) : nothing,
    components: readEntries(partAt(root, 'components', components), readComponent),
    baseImages: readEntries(partAt(root, 'baseImages', baseImages), readDigest),
  };
  const problems = [...yaml, ...keys.problems, ...Object.values(parts).flatMap((p) => p.problems)];
  const value: Lock = {
    series,
    path,
    python: parts.head.value ?? '',
    components: parts.components.value,
    baseImages: parts.baseImages.value,
  };
  return { value, problems: inLineOrder(problems.map((problem) => ({ ...problem, remedy }))) };
}

/** Nobody should mend this file by hand. */
const remedy = 'run "pinwheel lock", which writes this file anew';

const nothing: Parsed<undefined> = { value: undefined, problems: [] };

function readHead(part: YamlPart, series: string): Parsed<string | undefined> {
  const { value, problems } = readShape(headSchema, part);
  const given = isYamlMap(part.value) ? part.value['series'] : undefined;
  if (typeof given !== 'string' || !seriesId.test(given) || given === series) {
    return { value: value?.python, problems };
  }
  const other = wrongValue(partAt(part, 'series', given), `"${series}"`);
  return { value: value?.python, problems: [...problems, other] };
}

function readEntries<T>(
  part: YamlPart,
  readEntry: (part: YamlPart, name: string) => Parsed<T | undefined>,
): Parsed<ReadonlyMap<string, T>> {
  if (!isYamlMap(part.value)) return { value: new Map(), problems: [wrongValue(part, 'a map')] };
  const entries = new Map<string, T>();
  const problems: Finding[] = [];
  for (const [name, value] of Object.entries(part.value)) {
    const entry = readEntry(partAt(part, name, value), name);
    if (entry.value !== undefined) entries.set(name, entry.value);
    problems.push(...entry.problems);
  }
  return { value: entries, problems };
}

function readComponent(part: YamlPart, component: string): Parsed<LockedComponent | undefined> {
  if (!componentName.test(component)) {
    return { value: undefined, problems: [wrongKey(part, aComponentName)] };
  }
  const { value, problems } = readShape(componentSchema, part);
  return { value: value && { component, ...value }, problems };
}

function readDigest(part: YamlPart, reference: string): Parsed<string | undefined> {
  if (!imageReference.test(reference)) {
    return { value: undefined, problems: [wrongKey(part, 'an image reference without digest')] };
  }
  const result = v.safeParse(digest, part.value);
  return result.success
    ? { value: result.output, problems: [] }
    : { value: undefined, problems: [wrongValue(part, result.issues[0].message)] };
}

/** The text of a lock: the same content gives the same bytes. */
export function writeLock(content: LockContent): string {
  const components = sorted(content.components).flatMap(([name, { ref, commit, version }]) => [
    `  ${quoted(name)}:`,
    `    ref: ${quoted(ref)}`,
    `    commit: ${quoted(commit)}`,
    `    version: ${quoted(version)}`,
  ]);
  const images = sorted(content.baseImages).map(([name, id]) => `  ${quoted(name)}: ${quoted(id)}`);
  const lines = [
    '# Derived from source-refs.yaml by "pinwheel lock"; moved by pull request, never by hand.',
    `series: ${quoted(content.series)}`,
    `python: ${quoted(content.python)}`,
    ...block('baseImages', images),
    ...block('components', components),
  ];
  return `${lines.join('\n')}\n`;
}

function block(key: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [`${key}: {}`] : [`${key}:`, ...lines];
}

/** A JSON string is a double-quoted YAML string. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

function sorted<T>(map: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
