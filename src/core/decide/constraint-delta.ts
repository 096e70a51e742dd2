import { constraintLine, entryKey, normalizeName } from '../model/constraints.ts';
import type { Constraint, ConstraintsFile, OverridesFile } from '../model/constraints.ts';
import type { ConstraintChange, ConstraintDelta, ConstraintPresence } from '../model/update.ts';
import { overrideRules } from './override-rules.ts';
import type { OverrideRule } from './override-rules.ts';

type Entries = Pick<ConstraintsFile, 'entries'>;

/**
 * How the pins of one file differ from those of another, entry by entry. A name that is spelled
 * another way and a line that stands elsewhere are no difference: master is regenerated in any order.
 */
export function constraintDelta(from: Entries, to: Entries): ConstraintDelta {
  const old = entriesByKey(from.entries);
  const now = entriesByKey(to.entries);
  const changed: ConstraintChange[] = [];
  const added: ConstraintPresence[] = [];
  const removed: ConstraintPresence[] = [];
  for (const [key, entry] of now) {
    const before = old.get(key);
    if (!before) added.push(presence(entry));
    else if (before.version !== entry.version) changed.push(change(before, entry));
  }
  for (const [key, entry] of old) if (!now.has(key)) removed.push(presence(entry));
  return { changed, added, removed };
}

/**
 * Entries by name and marker. A line that is there twice keeps both: the second gets a key of its
 * own, so that no line is lost from sight.
 */
export function entriesByKey(entries: readonly Constraint[]): Map<string, Constraint> {
  const found = new Map<string, Constraint>();
  const times = new Map<string, number>();
  for (const entry of entries) {
    // The name as it is serves most entries, and saves making and hashing a new string.
    const key = entry.markerText === '' ? entry.key : entryKey(entry);
    if (!found.has(key)) {
      found.set(key, entry);
      continue;
    }
    const time = (times.get(key) ?? 1) + 1;
    times.set(key, time);
    found.set(`${key}\n${time}`, entry);
  }
  return found;
}

/** The same delta, with every change that an override keeps from having an effect marked as such. */
export function shadow(
  delta: ConstraintDelta,
  overrides: OverridesFile | undefined,
): ConstraintDelta {
  const { byName } = overrideRules(overrides);
  return {
    ...delta,
    changed: delta.changed.map((one) => {
      const key = normalizeName(one.name);
      const shadowedBy = shadowing(byName.get(key), entryKey({ key, markerText: one.marker }));
      return shadowedBy === undefined ? one : { ...one, shadowedBy };
    }),
  };
}

/** The override that decides over an entry, as its file says it. */
function shadowing(rule: OverrideRule | undefined, key: string): string | undefined {
  const set = rule?.sets.get(key);
  if (set) return constraintLine(set);
  const cleared = rule?.cleared;
  if (!cleared) return undefined;
  return cleared.kind === 'set' ? constraintLine(cleared) : `-${cleared.name}`;
}

function change(from: Constraint, to: Constraint): ConstraintChange {
  return { name: to.name, marker: to.markerText, from: from.version, to: to.version };
}

function presence({ name, markerText, version }: Constraint): ConstraintPresence {
  return { name, marker: markerText, version };
}
