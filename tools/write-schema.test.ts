import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { schemaFile, schemaText } from './write-schema.ts';

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
}

const schema = JSON.parse(schemaText()) as Schema;

it('is committed as `npm run schema` writes it', () => {
  expect(readFileSync(schemaFile, 'utf8')).toBe(schemaText());
});

it('describes every key of the policy, for the editor that shows it', () => {
  expect(undescribed(schema, '')).toEqual([]);
});

it('gives the default of every key of the first level, and asks for none of them', () => {
  const withoutDefault = Object.entries(schema.properties ?? {})
    .filter(([, key]) => key.default === undefined)
    .map(([name]) => name);
  expect(withoutDefault).toEqual([]);
  expect(schema.required ?? []).toEqual([]);
  expect(schema.additionalProperties).toBe(false);
});

function undescribed(part: Schema, path: string): readonly string[] {
  const below = Object.entries(part.properties ?? {}).flatMap(([name, key]) => [
    ...(key.description === undefined ? [`${path}.${name}`] : []),
    ...undescribed(key, `${path}.${name}`),
  ]);
  const further = typeof part.additionalProperties === 'object' ? [part.additionalProperties] : [];
  const items = [...further, ...(part.items ? [part.items] : [])];
  return [...below, ...items.flatMap((item) => undescribed(item, `${path}[]`))];
}
