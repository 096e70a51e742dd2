import { versionTextOf } from '../model/component.ts';
import type { Finding, Parsed } from '../model/finding.ts';
import type { Policy } from '../model/policy.ts';
import { refText } from '../model/source-ref.ts';
import type { Pin, SourceRef } from '../model/source-ref.ts';
import { parseVersion } from '../model/version.ts';
import { followedBranch, isDefaultBranch, movedComment, newComment } from './pin-comment.ts';
import { readPinEntries } from './pin-entries.ts';
import type { PinEntry } from './pin-entries.ts';
import { failure } from './problem.ts';
import { refProblem } from './ref-name.ts';
import { shownText } from './shown-text.ts';
import { readTagName } from './tag-name.ts';
import { splitLines } from './text-lines.ts';

export interface SourceRefsContext {
  readonly path: string;
  readonly series: string;
  /** Those that the policy knows: release tags of theirs may be more than a version. */
  readonly components?: Policy['components'];
}

/** Reads a source-refs.yaml. An empty one has no pins and no problems. */
export function readSourceRefs(text: string, context: SourceRefsContext): Parsed<readonly Pin[]> {
  const entries = readPinEntries(text, context.path);
  const pins: Pin[] = [];
  const problems: Finding[] = [...entries.problems];
  for (const entry of entries.value) {
    const problem = entryProblem(entry, context.path);
    if (problem) problems.push(problem);
    else pins.push(pinOf(entry, context));
  }
  return { value: pins, problems: problems.sort((a, b) => a.line - b.line) };
}

function entryProblem({ component, value, line }: PinEntry, file: string): Finding | undefined {
  const problem = refProblem(value);
  if (!problem) return undefined;
  const ref = value === '' ? 'the ref' : `the ref ${shownText(value)}`;
  const message = `${component}: ${ref} ${problem.what}`;
  return failure({ file, line }, { code: problem.code, message, remedy: problem.remedy });
}

function pinOf(entry: PinEntry, { series, path, components }: SourceRefsContext): Pin {
  const { component, value, line, comment } = entry;
  const ref = readSourceRef(value, { series, ...(comment && { comment: comment.text }) });
  const known = components?.get(component);
  const isTag = known && parseVersion(versionTextOf(known, value) ?? '') !== undefined;
  if (ref.kind === 'branch' && isTag) {
    return { series, component, ref: { kind: 'tag', tag: value }, file: path, line };
  }
  return { series, component, ref, file: path, line };
}

/**
 * Reads the text of a ref and, for a commit, the comment behind it. The text must be sound
 * (`refProblem`): 40 digits are a commit, what reads as a version or a life-cycle mark is a tag, and
 * anything else a branch.
 */
export function readSourceRef(
  text: string,
  context: { readonly series: string; readonly comment?: string },
): SourceRef {
  if (/^[0-9a-f]{40}$/i.test(text)) {
    const named = context.comment === undefined ? undefined : followedBranch(context.comment);
    const follows = named ?? `stable/${context.series}`;
    return { kind: 'commit', commit: text.toLowerCase(), follows };
  }
  return readTagName(text).kind === 'other'
    ? { kind: 'branch', branch: text }
    : { kind: 'tag', tag: text };
}

/**
 * Moves one pin of a source-refs.yaml to another ref. Only the text between its quotes changes, the
 * comment where it says what is no longer so, and the blanks before it that keep its column. A
 * commit that follows a branch which is not stable gets a comment with that branch; a ref without
 * quotes gets quotes. Throws where this cannot be done: that is a fault of the caller.
 */
export function setPin(text: string, component: string, ref: SourceRef): string {
  const problem = refProblem(refText(ref));
  if (problem) throw new Error(`setPin: ${component}: ${refText(ref)} ${problem.what}`);
  const before = soundEntries(text);
  const entry = before.find((candidate) => candidate.component === component);
  if (!entry) throw new Error(`setPin: ${component} has no pin`);
  const edited = splice(text, entry, ref);
  assertOnlyPinMoved({ before, edited, component, ref });
  return edited;
}

function soundEntries(text: string): readonly PinEntry[] {
  const { value, problems } = readPinEntries(text, 'source-refs.yaml');
  const [problem] = problems;
  if (problem) throw new Error(`setPin: line ${problem.line}: ${problem.message}`);
  return value;
}

function splice(text: string, entry: PinEntry, ref: SourceRef): string {
  const scalar = quoted(refText(ref), text.charAt(entry.start));
  const before = text.slice(0, entry.start) + scalar;
  const { comment } = entry;
  if (!comment) {
    const added = newComment(ref);
    return before + (added === undefined ? '' : `  ${added}`) + text.slice(entry.end);
  }
  const from = readSourceRef(entry.value, { series: '', comment: comment.text });
  const blanks = blanksBefore(comment, { text, entry, width: scalar.length });
  const rest = text.slice(comment.start + comment.text.length);
  return before + blanks + movedComment(comment.text, from, ref) + rest;
}

interface SplicePlace {
  readonly text: string;
  readonly entry: PinEntry;
  /** Of the new ref with its quotes. */
  readonly width: number;
}

function quoted(value: string, quote: string): string {
  if (quote === "'") return `'${value.replaceAll("'", "''")}'`;
  return `"${value.replaceAll('"', '\\"')}"`;
}

/** The blanks between a ref of the new width and its comment. */
function blanksBefore(comment: { readonly start: number }, at: SplicePlace): string {
  const { text, entry, width } = at;
  const old = text.slice(entry.end, comment.start);
  const grown = width - (entry.end - entry.start);
  const aligned = old.length > 2 || hasCommentInColumn(text, comment.start);
  if (grown === 0 || !aligned || old.includes('\t')) return old;
  return ' '.repeat(Math.max(old.length - grown, Math.min(old.length, 2)));
}

/** Whether the comment of another line begins in the same column as the one at this offset. */
function hasCommentInColumn(text: string, offset: number): boolean {
  const start = text.lastIndexOf('\n', offset) + 1;
  const column = offset - start;
  const end = text.indexOf('\n', offset);
  const others = text.slice(0, start) + (end < 0 ? '' : text.slice(end + 1));
  return splitLines(others).some((line) => /^[ \t]#$/.test(line.slice(column - 1, column + 1)));
}

interface Edit {
  readonly before: readonly PinEntry[];
  readonly edited: string;
  readonly component: string;
  readonly ref: SourceRef;
}

/** Reads the edited text again, so that no file is ever written that says something else. */
function assertOnlyPinMoved({ before, edited, component, ref }: Edit): void {
  const after = soundEntries(edited);
  const kept = before.every((old, index) => {
    const entry = after[index];
    const value = old.component === component ? refText(ref) : old.value;
    return entry?.component === old.component && entry.value === value;
  });
  const comment = after.find((entry) => entry.component === component)?.comment?.text;
  if (!kept || after.length !== before.length || !followsAs(ref, comment))
    throw new Error(
      `setPin: ${component}: the edit would change more than this pin, or lose its branch`,
    );
}

function followsAs(ref: SourceRef, comment: string | undefined): boolean {
  if (ref.kind !== 'commit') return true;
  const named = comment === undefined ? undefined : followedBranch(comment);
  return named === undefined ? isDefaultBranch(ref.follows) : named === ref.follows;
}
