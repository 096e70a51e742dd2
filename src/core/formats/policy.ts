import * as v from 'valibot';
import type { Parsed } from '../model/finding.ts';
import type { ComponentPolicy, IgnoreRule, Policy, PolicyLimits } from '../model/policy.ts';
import { aComponentName, componentName } from './names.ts';
import {
  componentSchema,
  ignoreSchema,
  limitsSchema,
  plainSchema,
  policySchema,
} from './policy-schema.ts';
import { inLineOrder } from './problem.ts';
import { readYaml } from './yaml-file.ts';
import { isYamlList, isYamlMap, knownKeys, partAt, readShape } from './yaml-shape.ts';
import { wrongKey, wrongValue } from './yaml-shape.ts';
import type { YamlPart } from './yaml-shape.ts';
import type { YamlMap, YamlValue } from './yaml-tree.ts';

/**
 * Reads the policy file; without one (`undefined`) every key has its default. What is wrong in it
 * has its default too, or is left out of `components` and `ignore`.
 */
export function readPolicy(text: string | undefined, path: string): Parsed<Policy> {
  const file = readYaml(text ?? '', { path, scalars: 'typed' });
  const root: YamlPart = { file: file.value, path, at: [], value: file.value.value ?? {} };
  const { value: keys, problems } = knownKeys(root, Object.keys(policySchema.entries));
  const { components, ignore, limits, ...plain } = withoutEmpty(keys ?? {});
  const parts = {
    components: readComponents(partAt(root, 'components', components ?? {})),
    ignore: readIgnore(partAt(root, 'ignore', ignore ?? [])),
    limits: readLimits(partAt(root, 'limits', limits ?? {})),
    plain: readShape(plainSchema, { ...root, value: plain }),
  };
  return {
    value: {
      ...(parts.plain.value ?? v.parse(plainSchema, {})),
      components: parts.components.value,
      ignore: parts.ignore.value,
      limits: parts.limits.value,
    },
    problems: inLineOrder(
      [file, { problems }, ...Object.values(parts)].flatMap((part) => part.problems),
    ),
  };
}

/** A key without a value is as good as no key: the list below it was commented out. */
function withoutEmpty(map: YamlMap): Record<string, YamlValue> {
  return Object.fromEntries(Object.entries(map).filter(([, value]) => value !== null));
}

function readComponents(part: YamlPart): Parsed<ReadonlyMap<string, ComponentPolicy>> {
  if (!isYamlMap(part.value)) return { value: new Map(), problems: [wrongValue(part, aMap)] };
  const read = Object.entries(part.value).map(([name, value]) => {
    const entry = partAt(part, name, value);
    if (componentName.test(name)) return { name, ...readShape(componentSchema, entry) };
    return { name, value: undefined, problems: [wrongKey(entry, aComponentName)] };
  });
  const sound = read.flatMap(({ name, value }) => (value ? [[name, value] as const] : []));
  return { value: new Map(sound), problems: read.flatMap(({ problems }) => problems) };
}

const aMap = 'a map of component names';
const aList = 'a list of rules, each with a component and a reason';

function readIgnore(part: YamlPart): Parsed<readonly IgnoreRule[]> {
  if (!isYamlList(part.value)) return { value: [], problems: [wrongValue(part, aList)] };
  const read = part.value.map((value, index) => {
    const rule = readShape(ignoreSchema, partAt(part, index, value));
    return { ...rule, line: part.file.lineOf([...part.at, index]) };
  });
  return {
    value: read.flatMap(({ value, line }) => (value ? [{ ...value, line }] : [])),
    problems: read.flatMap(({ problems }) => problems),
  };
}

function readLimits(part: YamlPart): Parsed<PolicyLimits> {
  const { value, problems } = readShape(limitsSchema, part);
  return { value: value ?? v.parse(limitsSchema, {}), problems };
}
