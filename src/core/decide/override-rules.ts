import { entryKey } from '../model/constraints.ts';
import type { Override, OverridesFile } from '../model/constraints.ts';

export type SetOverride = Extract<Override, { kind: 'set' }>;

/** What all overrides of one name come to. */
export interface OverrideRule {
  /** The last override that does away with every line of the name: a removal, or a set without marker. */
  readonly cleared?: Override;
  /** What is set from then on, by entryKey, in the order of the overrides file. */
  readonly sets: ReadonlyMap<string, SetOverride>;
}

export interface OverrideRules {
  /** By PEP 503 name, in the order of the overrides file. */
  readonly byName: ReadonlyMap<string, OverrideRule>;
  /** Overrides that a later one of the same file undoes, with that later one. */
  readonly undone: ReadonlyMap<Override, Override>;
}

interface Work {
  readonly byName: Map<string, { readonly cleared?: Override; sets: Map<string, SetOverride> }>;
  readonly undone: Map<Override, Override>;
}

/** Folds an overrides file to one rule a name: a later line wins over an earlier one. */
export function overrideRules(overrides: OverridesFile | undefined): OverrideRules {
  const work: Work = { byName: new Map(), undone: new Map() };
  for (const entry of overrides?.entries ?? []) {
    if (entry.kind === 'set' && entry.markerText !== '') setVariant(entry, work);
    else startAnew(entry, work);
  }
  return work;
}

function setVariant(entry: SetOverride, { byName, undone }: Work): void {
  const sets = byName.get(entry.key)?.sets ?? new Map<string, SetOverride>();
  const same = sets.get(entryKey(entry));
  if (same) undone.set(same, entry);
  sets.set(entryKey(entry), entry);
  if (!byName.has(entry.key)) byName.set(entry.key, { sets });
}

function startAnew(entry: Override, { byName, undone }: Work): void {
  const before = byName.get(entry.key);
  for (const earlier of before?.sets.values() ?? []) undone.set(earlier, entry);
  if (before?.cleared) undone.set(before.cleared, entry);
  // Taken out first, so that additions come in the order of the lines that are in force.
  byName.delete(entry.key);
  const sets = new Map(entry.kind === 'set' ? [[entryKey(entry), entry]] : []);
  byName.set(entry.key, { cleared: entry, sets });
}
