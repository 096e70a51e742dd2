import { entryKey, normalizeName } from '../model/constraints.ts';
import type { Override, OverridesFile } from '../model/constraints.ts';
import type { Finding, Parsed } from '../model/finding.ts';
import {
  distributionName,
  explainLine,
  hiddenCharacter,
  isProblem,
  readRequirement,
  withoutComment,
} from './requirement-line.ts';
import type { LineProblem } from './requirement-line.ts';
import { quotedText } from './shown-text.ts';
import { conflictEnd, conflictWords, lineContent, splitLines } from './text-lines.ts';

type SetOverride = Extract<Override, { kind: 'set' }>;
type RemoveOverride = Extract<Override, { kind: 'remove' }>;

/** `-r other.txt`, `--hash=…`. */
const pipOption = /^-(?:-[a-z]|[a-z]\s)/;

interface Work {
  readonly path: string;
  readonly entries: Override[];
  readonly problems: Finding[];
  /** First line that sets a name, or removes it. */
  readonly sets: Map<string, SetOverride>;
  readonly removals: Map<string, RemoveOverride>;
  /** By entryKey. */
  readonly variants: Map<string, SetOverride>;
}

/**
 * Reads overrides/<series>/constraints.txt: `name===version` (or `==`), with a marker where the
 * override is for some Pythons only, replaces or adds a pin; `-name` removes all pins of a name, and
 * `- name` does too, because nothing else can be meant by it. `#` begins a comment.
 */
export function readOverrides(text: string, path: string): Parsed<OverridesFile> {
  const entries: Override[] = [];
  const problems: Finding[] = [];
  const maps = { sets: new Map(), removals: new Map(), variants: new Map() };
  const work: Work = { path, entries, problems, ...maps };
  const lines = splitLines(text);
  for (let index = 0; index < lines.length; index += 1) {
    const end = conflictEnd(lines, index);
    if (end === undefined) readLine(lineContent(lines[index] ?? ''), index + 1, work);
    else {
      report(work, index + 1, conflictWords);
      index = end;
    }
  }
  return { value: { path, entries }, problems };
}

function readLine(line: string, number: number, work: Work): void {
  const content = withoutComment(line);
  const entry = hiddenCharacter(line) ?? (content === '' ? undefined : readEntry(content, number));
  if (entry === undefined) return;
  if ('remedy' in entry) report(work, number, entry);
  else addEntry(entry, work);
}

function readEntry(content: string, line: number): Override | LineProblem {
  if (content.startsWith('-')) return readRemoval(content, line);
  const requirement = readRequirement(content, ['===', '==']);
  if (isProblem(requirement)) return requirement;
  return { kind: 'set', ...requirement, key: normalizeName(requirement.name), line };
}

function readRemoval(content: string, line: number): Override | LineProblem {
  const name = content.slice(1).trim();
  if (distributionName.test(name)) return { kind: 'remove', name, key: normalizeName(name), line };
  const [, start] = /^([A-Za-z0-9._-]+)\s*[=<>!~;[@]/.exec(name) ?? [];
  if (start !== undefined && distributionName.test(start))
    return {
      message: `${quotedText(content)} says more than a name, but a removal takes all pins of a name`,
      remedy: `write -${start}`,
    };
  if (pipOption.test(content)) return explainLine(content);
  return {
    message: `${quotedText(content)} is neither -name nor name===version`,
    remedy: 'write -name to remove a pin, or name===version to set it',
  };
}

function addEntry(entry: Override, work: Work): void {
  const problem = entry.kind === 'set' ? setProblem(entry, work) : removalProblem(entry, work);
  if (problem) report(work, entry.line, problem);
  work.entries.push(entry);
  if (entry.kind === 'remove') remember(work.removals, entry.key, entry);
  else {
    remember(work.sets, entry.key, entry);
    remember(work.variants, entryKey(entry), entry);
  }
}

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  if (!map.has(key)) map.set(key, value);
}

type OverrideProblem = LineProblem & Partial<Pick<Finding, 'code' | 'level'>>;

function setProblem(entry: SetOverride, work: Work): OverrideProblem | undefined {
  const { name, key, version } = entry;
  const removal = work.removals.get(key);
  if (removal) return contradiction(`${name}: line ${removal.line} removes it`);
  const same = work.variants.get(entryKey(entry));
  if (!same) return undefined;
  return same.version === version
    ? repetition(`${name}: line ${same.line} says the same`)
    : contradiction(`${name}: line ${same.line} sets it to ${same.version}`);
}

function removalProblem({ name, key }: RemoveOverride, work: Work): OverrideProblem | undefined {
  const set = work.sets.get(key);
  if (set) return contradiction(`${name}: line ${set.line} sets it to ${set.version}`);
  const same = work.removals.get(key);
  return same && repetition(`${name}: line ${same.line} says the same`);
}

function contradiction(message: string): OverrideProblem {
  return { code: 'override-contradiction', message, remedy: 'keep one of the two lines' };
}

function repetition(message: string): OverrideProblem {
  const remedy = 'remove one of the two lines';
  return { code: 'override-duplicate', level: 'warning', message, remedy };
}

function report(work: Work, line: number, problem: OverrideProblem): void {
  const { code = 'override-syntax', level = 'failure', message, remedy } = problem;
  work.problems.push({ code, file: work.path, line, level, message, remedy });
}
