import type { PatchFile, PatchQueue } from '../model/patch.ts';
import { touchedPaths } from '../model/patch-content.ts';
import type { Refusal } from '../model/patch-content.ts';
import type { PatchTrial } from '../model/patch-trial.ts';
import type { Blocker, Judgement, PatchVerdict, VerdictWord } from '../model/patch-verdict.ts';
import { refusePatch, symlinksAfter } from './patch-safety.ts';
import { aboutPatch, judgePatch } from './patch-verdict.ts';

/** What comes next in a queue: a verdict that needs no trial, or a patch to be tried. */
export type QueueStep =
  | { readonly kind: 'judged'; readonly verdict: PatchVerdict }
  | {
      readonly kind: 'try';
      readonly patch: PatchFile;
      /** Paths of the earlier patches whose result the source has by then, in order. */
      readonly onTopOf: readonly string[];
    };

/**
 * The step after the patches that have a verdict; `undefined` at the end of the queue. A journey
 * takes steps until then, and asks git only for those that are to be tried.
 */
export function nextStep(
  queue: PatchQueue,
  verdicts: readonly PatchVerdict[],
): QueueStep | undefined {
  const patch = queue.patches[verdicts.length];
  if (!patch) return undefined;
  const settled = judgeUntried(queue, patch, verdicts);
  if (settled) return { kind: 'judged', verdict: aboutPatch(queue, patch, settled) };
  const onTopOf = verdicts.filter(({ verdict }) => counts(verdict)).map(({ path }) => path);
  return { kind: 'try', patch, onTopOf };
}

/** Verdicts of a queue whose trials are all there, by path; ends at a patch that lacks one. */
export function judgeQueue(
  queue: PatchQueue,
  trials: ReadonlyMap<string, PatchTrial>,
): readonly PatchVerdict[] {
  const verdicts: PatchVerdict[] = [];
  for (;;) {
    const step = nextStep(queue, verdicts);
    if (!step) return verdicts;
    if (step.kind === 'judged') {
      verdicts.push(step.verdict);
      continue;
    }
    const trial = trials.get(step.patch.path);
    if (!trial) return verdicts;
    verdicts.push(judgePatch(queue, step.patch, trial));
  }
}

/** Paths of all patches that may be tried at all: nothing else is fetched of the source. */
export function triedPaths(queue: PatchQueue): readonly string[] {
  const paths = queue.patches.flatMap(({ content: { value, problems } }, index) =>
    problems.length > 0 || refusalsOf(queue, index).length > 0 ? [] : touchedPaths(value),
  );
  return [...new Set(paths)];
}

/** True where what follows is tried on the result of this patch: one that is upstream is left out. */
export function counts(verdict: VerdictWord): boolean {
  return verdict === 'applies' || verdict === 'applies-with-offset' || verdict === 'refreshable';
}

function judgeUntried(
  queue: PatchQueue,
  patch: PatchFile,
  verdicts: readonly PatchVerdict[],
): Judgement | undefined {
  const { value, problems } = patch.content;
  if (problems.length > 0) return { verdict: 'malformed', problems };
  const refusals = refusalsOf(queue, verdicts.length);
  if (refusals.length > 0) return { verdict: 'refused', refusals };
  const blockers = blockersOf(touchedPaths(value), verdicts);
  return blockers.length > 0 ? { verdict: 'not-reached', blockers } : undefined;
}

/** By queue, then by patch. They follow from the patches alone, and a queue is tried on many sources. */
const screened = new WeakMap<PatchQueue, readonly (readonly Refusal[])[]>();

function refusalsOf(queue: PatchQueue, index: number): readonly Refusal[] {
  const all = screened.get(queue) ?? screen(queue);
  screened.set(queue, all);
  return all[index] ?? [];
}

/** Symlinks of earlier patches count also where those are left out: upstream has them then. */
function screen({ patches }: PatchQueue): readonly (readonly Refusal[])[] {
  let links: ReadonlySet<string> = new Set();
  return patches.map(({ content: { value } }) => {
    const refusals = refusePatch(value, links);
    links = symlinksAfter(value, links);
    return refusals;
  });
}

/** What was not reached blocks in turn: its change is missing for those that build on it. */
function blockersOf(
  paths: readonly string[],
  verdicts: readonly PatchVerdict[],
): readonly Blocker[] {
  const touched = new Set(paths);
  return verdicts
    .filter(({ verdict }) => verdict !== 'already-upstream' && !counts(verdict))
    .map(({ path, files }) => ({ path, files: files.filter((file) => touched.has(file)) }))
    .filter(({ files }) => files.length > 0);
}
