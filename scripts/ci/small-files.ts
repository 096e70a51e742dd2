import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { readYaml } from '../../src/core/formats/yaml-file.ts';
import { partAt, readShape, textLike } from '../../src/core/formats/yaml-shape.ts';
import type { YamlPart } from '../../src/core/formats/yaml-shape.ts';
import type { YamlValue } from '../../src/core/formats/yaml-tree.ts';
import type { Finding } from '../../src/core/model/finding.ts';
import type { Allowance } from './vulnerabilities.ts';

const aDay = 'a day that is there, in quotes: "2026-12-31"';
const day = v.pipe(textLike(aDay, /^\d{4}-\d{2}-\d{2}$/), v.check(isDay, aDay));
const anId = 'the id of a vulnerability';

/** The 30th of February becomes a day of March. */
function isDay(text: string): boolean {
  const date = new Date(text);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

const allowance = v.strictObject({
  id: textLike(anId, /^[\w-]+$/),
  until: day,
  reason: textLike('a reason, in a line', /\S/),
  service: v.optional(textLike('the name of an image', /^[\w.-]+$/)),
});

/** What a publish lets pass. A line that says less than it has to is a mistake, and never allows for ever. */
export async function readAllowances(path: string): Promise<readonly Allowance[]> {
  const root = await readRoot(
    path,
    v.strictObject({ allow: list(v.custom<YamlValue>(() => true)) }),
  );
  return root.value.allow.map((value, index) => {
    const at: YamlPart = partAt(partAt(root.part, 'allow', root.value.allow), index, value);
    const { service, ...rest } = orThrow(readShape(allowance, at));
    return service === undefined ? rest : { ...rest, service };
  });
}

/** How long images stay: what .github/retention.yml says. */
export interface RetentionPolicy {
  /** Immutable tags of an image's series that stay, newest first. */
  readonly generations: number;
  /** Nothing younger than so many days goes. */
  readonly days: number;
  /** Tags and digests that a deployment names. */
  readonly pinned: readonly string[];
}

const retention = v.strictObject({
  generations: count('a number from 1 to 1000', { atLeast: 1, fallback: 10 }),
  days: count('a number of days, from 1 to 1000', { atLeast: 1, fallback: 30 }),
  pinned: list(textLike('a list of tags and digests', /^[\w][\w.:-]*$/)),
});

/** A file that is not there, or says nothing of something, means much is kept. */
export async function readRetention(path: string): Promise<RetentionPolicy> {
  return (await readRoot(path, retention)).value;
}

function list<S extends v.GenericSchema>(item: S) {
  return v.optional(v.pipe(v.array(item, 'a list'), v.readonly()), []);
}

function count(
  expected: string,
  { atLeast, fallback }: { readonly atLeast: number; readonly fallback: number },
) {
  const whole = v.pipe(v.number(expected), v.integer(expected));
  return v.optional(
    v.pipe(whole, v.minValue(atLeast, expected), v.maxValue(1000, expected)),
    fallback,
  );
}

async function readRoot<S extends v.StrictObjectSchema<v.ObjectEntries, undefined>>(
  path: string,
  schema: S,
) {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  });
  const { value: file, problems } = readYaml(text, { path, scalars: 'typed' });
  const part: YamlPart = { file, path, at: [], value: file.value ?? {} };
  return { part, value: orThrow(readShape(schema, part), problems) };
}

/** Such a file decides what is published or taken away: with a mistake in it nothing is. */
function orThrow<T>(
  read: { readonly value: T | undefined; readonly problems: readonly Finding[] },
  before: readonly Finding[] = [],
): T {
  const [first] = [...before, ...read.problems];
  if (first === undefined && read.value !== undefined) return read.value;
  const { file = '', line = 1, message = 'cannot be read', remedy = '' } = first ?? {};
  throw new Error(`${file}:${line}: ${message}; ${remedy}`);
}
