import { provenanceLine } from '../model/constraints.ts';
import type { ConstraintsFile, OverridesFile } from '../model/constraints.ts';
import type { ConstraintMove } from '../model/update.ts';
import { constraintDelta, shadow } from './constraint-delta.ts';
import { keptEdits } from './constraint-edits.ts';
import { constraintLines, mergeLines } from './constraint-merge.ts';
import type { ConstraintLine, ThreeFiles } from './constraint-merge.ts';

/** What a sync of one series starts from. */
export interface SyncInput {
  readonly series: string;
  /** The ref of openstack/requirements and the commit it is at. */
  readonly ref: string;
  readonly commit: string;
  readonly upstream: ConstraintsFile;
  /** The vendored file; `undefined` where there is none yet. */
  readonly local: ConstraintsFile | undefined;
  /**
   * Upstream's file that the vendored one was made from. Without one every difference looks like an
   * edit and is kept: take that of `nearestBase` where the vendored file does not name its commit.
   */
  readonly base: ConstraintsFile | undefined;
  readonly overrides: OverridesFile | undefined;
}

/**
 * Brings a vendored upper-constraints.txt to upstream's state by a three-way merge, hand edits kept
 * and named. `undefined` when no line would change: a newer commit that left the file alone is no
 * reason for a pull request. A file that does not say where it came from does change: it gets that line.
 */
export function syncConstraints(input: SyncInput): ConstraintMove | undefined {
  const { base, local } = input;
  const files = {
    base: constraintLines(base),
    local: constraintLines(local),
    upstream: constraintLines(input.upstream),
  };
  const merged = local ? mergeLines(files) : files.upstream;
  if (local?.provenance && changesNothing(files, { base, merged })) return undefined;
  const result = merged.flatMap(({ entry }) => entry ?? []);
  const delta = constraintDelta({ entries: local?.entries ?? [] }, { entries: result });
  const from = local?.provenance?.commit;
  return {
    series: input.series,
    ...(from === undefined ? {} : { from }),
    to: input.commit,
    ref: input.ref,
    ...shadow(delta, input.overrides),
    kept: local ? keptEdits(files, result) : [],
    text: textOf(merged, { input, files }),
  };
}

/** A file without a line that says where it came from gets one even where this is true. */
function changesNothing(
  files: ThreeFiles,
  { base, merged }: { base: ConstraintsFile | undefined; merged: readonly ConstraintLine[] },
): boolean {
  if (base !== undefined && sameLines(files.base, files.upstream)) return true;
  return sameLines(merged, files.local);
}

/**
 * The state of upstream's file that a vendored one without provenance was made from: one that is
 * identical, else the one with the fewest entries that differ. Candidates come newest first, and
 * the newest wins a tie.
 */
export function nearestBase<Candidate extends { readonly file: ConstraintsFile }>(
  local: ConstraintsFile,
  candidates: readonly Candidate[],
): Candidate | undefined {
  const mine = constraintLines(local);
  const identical = candidates.find(({ file }) => sameLines(constraintLines(file), mine));
  if (identical) return identical;
  let nearest: Candidate | undefined;
  let fewest = Infinity;
  for (const candidate of candidates) {
    const { changed, added, removed } = constraintDelta(candidate.file, local);
    const differing = changed.length + added.length + removed.length;
    if (differing < fewest) [nearest, fewest] = [candidate, differing];
  }
  return nearest;
}

type Lines = readonly ConstraintLine[];

function sameLines(a: Lines, b: Lines): boolean {
  return a.length === b.length && a.every(({ text }, index) => text === b[index]?.text);
}

/** Lines that were there keep the line end they had; new ones get that of the local file. */
function textOf(
  merged: Lines,
  { input, files }: { readonly input: SyncInput; readonly files: ThreeFiles },
): string {
  const { local, upstream } = files;
  const ends = new Map(local.filter(({ end }) => end !== '').map(({ text, end }) => [text, end]));
  const usual = usualEnd(local.length > 0 ? local : upstream);
  const lines = [provenanceLine(input), ...merged.map(({ text }) => text)];
  const text = lines.map((line) => line + (ends.get(line) ?? usual)).join('');
  return upstream.at(-1)?.end === '' ? text.replace(/\r?\n$/, '') : text;
}

function usualEnd(lines: Lines): string {
  const crlf = lines.filter(({ end }) => end === '\r\n').length;
  return crlf * 2 > lines.length ? '\r\n' : '\n';
}
