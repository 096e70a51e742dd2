import type { Constraint, ConstraintsFile } from '../model/constraints.ts';
import { entriesByKey } from './constraint-delta.ts';
import { markerApplies } from './markers.ts';

/** A line of a constraints file. What is no entry is a comment, blank, or not understood. */
export interface ConstraintLine {
  /** The same in two files where it is the same line: by entryKey, or by the text of a comment. */
  readonly key: string;
  /** Without its end, which is `\n`, `\r\n`, or nothing on the last line. */
  readonly text: string;
  readonly end: string;
  readonly entry?: Constraint;
}

type Lines = readonly ConstraintLine[];
type Keyed = ReadonlyMap<string, ConstraintLine>;

/** Upstream's file that the local one was made from, the local one, and upstream's now. */
export interface ThreeFiles {
  readonly base: Lines;
  readonly local: Lines;
  readonly upstream: Lines;
}

/** The same, by key. */
export interface ThreeWays {
  readonly was: Keyed;
  readonly mine: Keyed;
  readonly theirs: Keyed;
  /** By name, upstream's entries that the local file does not have. */
  readonly missing: ReadonlyMap<string, readonly EntryLine[]>;
}

export type EntryLine = ConstraintLine & { readonly entry: Constraint };

export function threeWays({ base, local, upstream }: ThreeFiles): ThreeWays {
  const mine = keyed(local);
  const missing = Map.groupBy(
    upstream.filter((line): line is EntryLine => line.entry !== undefined && !mine.has(line.key)),
    ({ entry }) => entry.key,
  );
  return { was: keyed(base), mine, theirs: keyed(upstream), missing };
}

function keyed(lines: Lines): Keyed {
  return new Map(lines.map((line) => [line.key, line]));
}

/** Images have a newer Python than any that a marker of upstream leaves out. */
export function holdsForNewPython({ marker }: Constraint): boolean {
  return markerApplies(marker, { python: '3.99' });
}

/**
 * What upstream has in place of a local entry: the same name under other markers, which a person or
 * upstream gave it. Both could not hold at once.
 */
export function rivalsOf(entry: Constraint, { missing }: ThreeWays): readonly EntryLine[] {
  const rivals = missing.get(entry.key) ?? [];
  if (entry.markerText === '') return rivals;
  return rivals.filter((rival) => holdsForNewPython(entry) && holdsForNewPython(rival.entry));
}

/** The lines of a file, without the one that says where it came from. */
export function constraintLines(file: ConstraintsFile | undefined): Lines {
  if (!file) return [];
  const entries = new Map(
    [...entriesByKey(file.entries)].map(([key, entry]) => [entry.line, { key, entry }]),
  );
  const times = new Map<string, number>();
  return file.lines.flatMap((line, index) => {
    if (file.provenance?.line === index + 1) return [];
    const text = line.replace(/\r?\n$|\r$/, '');
    const end = line.slice(text.length);
    const found = entries.get(index + 1);
    if (found) return [{ ...found, text, end }];
    const time = (times.get(text) ?? 0) + 1;
    times.set(text, time);
    return [{ key: `#${text}\n${time}`, text, end }];
  });
}

/**
 * Upstream's lines with what was done to the local file since the base done again: versions changed
 * by hand stay, lines added by hand stay after the entry they came after, comments and blank lines
 * above the entry they stood above (or at the end, if that is gone), and what was removed stays away.
 */
export function mergeLines(files: ThreeFiles): Lines {
  const ways = threeWays(files);
  const own = placeOwnLines(files.local, ways);
  const first = files.upstream.find(({ entry }) => entry !== undefined);
  const merged = files.upstream.flatMap((line) => [
    ...(line === first ? own.top : []),
    ...(own.above.get(line.key) ?? []),
    ...(own.instead.get(line.key) ?? mergedLine(line, ways)),
    ...(own.below.get(line.key) ?? []),
  ]);
  return [...merged, ...(first ? [] : own.top), ...own.end];
}

/** Lines that are in the local file only, by where they go. Keys are those of upstream's entries. */
interface OwnLines {
  readonly top: Lines;
  readonly above: ReadonlyMap<string, Lines>;
  readonly below: ReadonlyMap<string, Lines>;
  readonly end: Lines;
  /** By the entry of upstream that one of them stands for. */
  readonly instead: ReadonlyMap<string, Lines>;
}

function placeOwnLines(local: Lines, ways: ThreeWays): OwnLines {
  const top: ConstraintLine[] = [];
  const above = new Map<string, Lines>();
  const below = new Map<string, ConstraintLine[]>();
  const end: ConstraintLine[] = [];
  const instead = new Map<string, ConstraintLine[]>();
  let after = top;
  let waiting: ConstraintLine[] = [];
  for (const line of local) {
    const ours = isOwn(line, ways);
    if (!line.entry) {
      if (ours) waiting.push(line);
      continue;
    }
    if (ours) {
      const taken = rivalsOf(line.entry, ways).filter(({ key }) => !instead.has(key));
      if (taken.length > 0) after = [];
      for (const [n, { key }] of taken.entries()) instead.set(key, n === 0 ? after : []);
      append(after, [...waiting, line]);
    } else if (ways.theirs.has(line.key)) {
      above.set(line.key, waiting);
      after = [];
      below.set(line.key, after);
    } else {
      append(end, waiting);
    }
    waiting = [];
  }
  return { top, above, below, end: [...end, ...waiting], instead };
}

/** As arguments of one `push`, the comments of a huge file would not fit on the stack. */
function append(list: ConstraintLine[], lines: Lines): void {
  for (const line of lines) list.push(line);
}

/** An entry that upstream dropped is ours where its version was changed by hand. */
function isOwn(line: ConstraintLine, ways: ThreeWays): boolean {
  if (ways.theirs.has(line.key)) return false;
  const before = ways.was.get(line.key);
  if (!line.entry) return before === undefined;
  return before?.entry?.version !== line.entry.version && !isSettled(line.entry, ways);
}

/** Whether upstream came to the same version by itself, under another marker. */
export function isSettled(local: Constraint, ways: ThreeWays): boolean {
  return rivalsOf(local, ways).some(
    ({ key, entry }) =>
      !ways.was.has(key) && entry.version === local.version && holdsForNewPython(entry),
  );
}

/** One line of upstream, as it is to stand in the file; none where it was removed by hand. */
function mergedLine(theirs: ConstraintLine, ways: ThreeWays): Lines {
  const [was, mine] = [ways.was.get(theirs.key), ways.mine.get(theirs.key)];
  if (was && !mine) return [];
  if (!mine?.entry || !theirs.entry) return [theirs];
  const edited = was?.entry?.version !== mine.entry.version;
  if (edited && mine.entry.version !== theirs.entry.version) return [mine];
  return [{ ...theirs, text: mergedText(was, mine, theirs) }];
}

/** Where the version is upstream's: its spelling and its inline comment may still be made by hand. */
function mergedText(
  was: ConstraintLine | undefined,
  mine: ConstraintLine,
  theirs: ConstraintLine,
): string {
  const [before, here, there] = [
    splitComment(was?.text ?? ''),
    splitComment(mine.text),
    splitComment(theirs.text),
  ];
  const untouched = was?.entry?.version === theirs.entry?.version;
  const pin = untouched && here.pin !== before.pin ? here.pin : there.pin;
  return pin + (here.comment !== before.comment ? here.comment : there.comment);
}

function splitComment(text: string): { readonly pin: string; readonly comment: string } {
  const start = text.search(/\s#/);
  const pin = start < 0 ? text : text.slice(0, start).trimEnd();
  return { pin, comment: text.slice(pin.length) };
}
