import { entryKey } from '../model/constraints.ts';
import type {
  Constraint,
  ConstraintsFile,
  ConstraintSet,
  EffectiveConstraint,
  OverridesFile,
} from '../model/constraints.ts';
import type { Finding } from '../model/finding.ts';
import { overrideFindings } from './override-findings.ts';
import { overrideRules } from './override-rules.ts';
import type { OverrideRules, SetOverride } from './override-rules.ts';

/** The constraint set of a series, and what is odd about its overrides. */
export interface OverriddenConstraints {
  readonly set: ConstraintSet;
  readonly findings: readonly Finding[];
}

/**
 * Upstream's pins with the overrides of the series applied, in upstream's order and spelling. A set
 * without marker stands for every line of its name, where the first one stood; a set with a marker
 * for the line with that marker; what upstream does not pin comes at the end.
 */
export function overriddenSet(
  file: ConstraintsFile,
  overrides: OverridesFile | undefined,
): ConstraintSet {
  return setOf(file, overrideRules(overrides), linesByName(file));
}

/** The same, and what there is to say of it. */
export function applyOverrides(
  file: ConstraintsFile,
  overrides: OverridesFile | undefined,
): OverriddenConstraints {
  const rules = overrideRules(overrides);
  const lines = linesByName(file);
  return {
    set: setOf(file, rules, lines),
    findings: overrides ? overrideFindings({ file, overrides, rules, lines }) : [],
  };
}

function setOf(file: ConstraintsFile, rules: OverrideRules, lines: Lines): ConstraintSet {
  const inPlace = file.entries.flatMap((entry) => replaced(entry, { rules, lines }));
  return [...inPlace, ...additions(rules, lines)];
}

type Lines = ReadonlyMap<string, readonly Constraint[]>;

function linesByName(file: ConstraintsFile): Lines {
  const lines = new Map<string, Constraint[]>();
  for (const entry of file.entries) {
    const same = lines.get(entry.key);
    if (same) same.push(entry);
    else lines.set(entry.key, [entry]);
  }
  return lines;
}

function replaced(
  entry: Constraint,
  { rules, lines }: { rules: OverrideRules; lines: Lines },
): readonly EffectiveConstraint[] {
  const rule = rules.byName.get(entry.key);
  if (rule?.cleared) {
    const first = lines.get(entry.key)?.[0] === entry;
    return first ? [...rule.sets.values()].map((set) => fromOverride(set, entry.name)) : [];
  }
  const set = rule?.sets.get(entryKey(entry));
  if (!set) return [fromUpstream(entry)];
  const { name, markerText } = entry;
  return [{ ...fromOverride(set, name), markerText }];
}

function additions(rules: OverrideRules, lines: Lines): readonly EffectiveConstraint[] {
  return [...rules.byName].flatMap(([key, rule]) => {
    const known = lines.get(key);
    if (known && rule.cleared) return [];
    const keys = new Set(known?.map(entryKey));
    const [first] = known ?? rule.sets.values();
    return [...rule.sets]
      .filter(([setKey]) => !keys.has(setKey))
      .map(([, set]) => fromOverride(set, first?.name ?? set.name));
  });
}

function fromUpstream(entry: Constraint): EffectiveConstraint {
  return { ...entry, origin: 'upstream' };
}

function fromOverride(set: SetOverride, name: string): EffectiveConstraint {
  const { key, version, markerText, marker, line } = set;
  const pin = { name, key, version, markerText, origin: 'override', line } as const;
  return marker ? { ...pin, marker } : pin;
}
