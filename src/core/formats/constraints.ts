import { entryKey, normalizeName } from '../model/constraints.ts';
import type { Constraint, ConstraintsFile, Provenance } from '../model/constraints.ts';
import type { Finding, Parsed } from '../model/finding.ts';
import { readMarker } from './marker.ts';
import { failure } from './problem.ts';
import { hiddenCharacter, isProblem, readRequirement, withoutComment } from './requirement-line.ts';
import type { LineProblem, Requirement } from './requirement-line.ts';
import { conflictEnd, conflictWords, lineContent, splitLines } from './text-lines.ts';

/** What all lines of real files look like; the rest takes the slow way. */
const plainLine =
  /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)===(\d+(?:\.\d+)*)(?:;([^#\s]+))?\r?\n?$/;

const canonicalName = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

const provenanceLine =
  /^# openstack\/requirements ([A-Za-z0-9][A-Za-z0-9._/-]*) ([0-9a-f]{40}) \(synced by pinwheel\)$/;

interface Work {
  readonly path: string;
  readonly lines: readonly string[];
  readonly entries: Constraint[];
  readonly problems: Finding[];
  readonly byName: Map<string, Constraint>;
  /** By entryKey, entries of names that stand in the file more than once. */
  readonly repeated: Map<string, Constraint>;
}

/** Reads an upper-constraints.txt; a line that is no pin is a problem and hides no other. */
export function readConstraints(text: string, path: string): Parsed<ConstraintsFile> {
  const lines = splitLines(text);
  const entries: Constraint[] = [];
  const problems: Finding[] = [];
  const work = { path, lines, entries, problems, byName: new Map(), repeated: new Map() };
  for (let index = 0; index < lines.length; index += 1) index = readLine(index, work);
  const provenance = readProvenance(lines[0] ?? '');
  const file = provenance ? { path, lines, entries, provenance } : { path, lines, entries };
  return { value: file, problems };
}

/** The file's text. */
export function constraintsText(file: ConstraintsFile): string {
  return file.lines.join('');
}

/** Reads the line at an index and returns the index of the last line that this took. */
function readLine(index: number, work: Work): number {
  const line = work.lines[index] ?? '';
  const match = plainLine.exec(line);
  const name = match?.[1];
  const version = match?.[2];
  const markerText = match?.[3] ?? '';
  if (name === undefined || version === undefined) return readOddLine(index, work);
  if (markerText === '') addEntry({ name, version, markerText }, index + 1, work);
  else {
    const marker = readMarker(markerText);
    if (!marker) return readOddLine(index, work);
    addEntry({ name, version, markerText, marker }, index + 1, work);
  }
  return index;
}

function readOddLine(index: number, work: Work): number {
  const end = conflictEnd(work.lines, index);
  if (end !== undefined) {
    report(work, index + 1, conflictWords);
    return end;
  }
  const content = lineContent(work.lines[index] ?? '');
  const requirement = hiddenCharacter(content) ?? readContent(withoutComment(content));
  if (requirement === undefined) return index;
  if (isProblem(requirement)) report(work, index + 1, requirement);
  else addEntry(requirement, index + 1, work);
  return index;
}

function readContent(content: string): Requirement | LineProblem | undefined {
  return content === '' ? undefined : readRequirement(content, ['===']);
}

function addEntry(requirement: Requirement, line: number, work: Work): void {
  const { name, version, markerText, marker } = requirement;
  const key = canonicalName.test(name) ? name : normalizeName(name);
  const entry = marker
    ? { name, key, version, markerText, marker, line }
    : { name, key, version, markerText, line };
  const first = work.byName.get(key);
  if (first) compareRepeated(first, entry, work);
  else work.byName.set(key, entry);
  work.entries.push(entry);
}

function compareRepeated(first: Constraint, entry: Constraint, work: Work): void {
  const { repeated } = work;
  const [firstKey, key] = [entryKey(first), entryKey(entry)];
  if (!repeated.has(firstKey)) repeated.set(firstKey, first);
  const same = repeated.get(key);
  if (same) work.problems.push(duplicate(same, entry, work.path));
  else repeated.set(key, entry);
}

function duplicate(first: Constraint, second: Constraint, file: string): Finding {
  const identical = first.version === second.version;
  const what = identical ? 'too' : `to ${first.version} already`;
  return {
    code: 'constraint-duplicate',
    file,
    line: second.line,
    level: identical ? 'warning' : 'failure',
    message: `${second.name}: line ${first.line} pins it ${what}`,
    remedy: identical ? 'remove one of the two lines' : 'keep the line with the right version',
  };
}

function report(work: Work, line: number, problem: LineProblem & { readonly code?: string }): void {
  const place = { file: work.path, line };
  work.problems.push(failure(place, { code: 'constraint-syntax', ...problem }));
}

function readProvenance(firstLine: string): Provenance | undefined {
  const [, ref, commit] = provenanceLine.exec(lineContent(firstLine)) ?? [];
  return ref === undefined || commit === undefined ? undefined : { ref, commit, line: 1 };
}
