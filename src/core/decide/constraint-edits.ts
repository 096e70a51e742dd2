import { constraintLine } from '../model/constraints.ts';
import type { Constraint } from '../model/constraints.ts';
import type { KeptEdit } from '../model/update.ts';
import { holdsForNewPython, isSettled, rivalsOf, threeWays } from './constraint-merge.ts';
import type { EntryLine, ThreeFiles, ThreeWays } from './constraint-merge.ts';

/** What was done by hand to one entry. */
interface Edit {
  /** The local entry, or upstream's where it was removed by hand. */
  readonly entry: Constraint;
  readonly removed: boolean;
  /** What upstream has there now. */
  readonly upstream?: Constraint;
  /** Keys of upstream's entries, under other markers, that the local entry stands for. */
  readonly standsFor: readonly string[];
  /** In the local file; for a removed entry, the line of that which follows now. */
  readonly line: number;
}

/**
 * Pins that were changed, added or removed by hand inside a vendored file, in its order. One that
 * says what upstream says by now is no edit any more. `result` is what holds with the edits kept.
 */
export function keptEdits(files: ThreeFiles, result: readonly Constraint[]): readonly KeptEdit[] {
  const ways = threeWays(files);
  const changed = changedByHand(ways);
  const edits = [...changed, ...removedByHand(ways, changed)];
  if (edits.length === 0) return [];
  const byName = Map.groupBy(result, ({ key }) => key);
  return edits
    .sort((a, b) => a.line - b.line)
    .map((edit) => ({
      name: edit.entry.name,
      marker: edit.entry.markerText,
      ...(edit.removed ? {} : { local: edit.entry.version }),
      ...(edit.upstream ? { upstream: edit.upstream.version } : {}),
      override: overrideFor(edit, byName.get(edit.entry.key) ?? []),
      line: edit.line,
    }));
}

function changedByHand(ways: ThreeWays): readonly Edit[] {
  const { was, mine, theirs } = ways;
  return [...mine].flatMap(([key, { entry }]) => {
    if (!entry || was.get(key)?.entry?.version === entry.version) return [];
    const same = theirs.get(key)?.entry;
    const rivals = same ? [] : rivalsOf(entry, ways);
    const upstream = same ?? rivalForImages(rivals);
    if (same ? same.version === entry.version : isSettled(entry, ways)) return [];
    const standsFor = rivals.map((rival) => rival.key);
    const edit = { entry, removed: false, line: entry.line, standsFor };
    return [upstream ? { ...edit, upstream } : edit];
  });
}

/** Of some lines of one name, the one that images would get. */
function rivalForImages(rivals: readonly EntryLine[]): Constraint | undefined {
  return (rivals.find(({ entry }) => holdsForNewPython(entry)) ?? rivals[0])?.entry;
}

/** `changed` are edits that may stand for what was removed: one edit is enough to name. */
function removedByHand(
  { was, mine, theirs }: ThreeWays,
  changed: readonly Edit[],
): readonly Edit[] {
  const named = new Set(changed.flatMap(({ standsFor }) => standsFor));
  const edits: Edit[] = [];
  const last = [...mine.values()].findLast(({ entry }) => entry !== undefined);
  let line = last?.entry?.line ?? 1;
  for (const key of [...was.keys()].reverse()) {
    const here = mine.get(key)?.entry;
    const entry = theirs.get(key)?.entry;
    if (here) line = here.line;
    else if (entry && !named.has(key)) {
      edits.push({ entry, removed: true, upstream: entry, line, standsFor: [] });
    }
  }
  return edits;
}

/**
 * The override that says the same. A removal takes all lines of a name, so where one for new Pythons
 * is to stay, that line is said instead: the one that was taken away was for old Pythons only. Where
 * upstream gave the name another marker, one without marker stands for all of its lines.
 */
function overrideFor({ entry, removed, upstream }: Edit, result: readonly Constraint[]): string {
  const left = result.find(holdsForNewPython);
  if (removed) return left ? unmarked(left) : `-${entry.name}`;
  const marked = upstream === undefined || upstream.markerText === entry.markerText;
  return marked ? constraintLine(entry) : unmarked(entry);
}

function unmarked(entry: Constraint): string {
  return constraintLine({ ...entry, markerText: '' });
}
