import type { PatchQueue, PatchFile } from '../model/patch.ts';
import { touchedPaths } from '../model/patch-content.ts';
import type { PatchContent, Refusal } from '../model/patch-content.ts';
import type { ApplyFact, HistoryMatch, PatchTrial, ThreeWayFact } from '../model/patch-trial.ts';
import { upstreamEvidence } from '../model/patch-verdict.ts';
import type { Judgement, NoMerge, PatchVerdict, UpstreamEvidence } from '../model/patch-verdict.ts';
import { conflictsOf, throughSymlinks } from './patch-conflicts.ts';
import { refuseResult } from './patch-safety.ts';

/** What a trial says of a patch that was handed to git. */
export function judgePatch(queue: PatchQueue, patch: PatchFile, trial: PatchTrial): PatchVerdict {
  return aboutPatch(queue, patch, judgeTrial(patch.content.value, trial));
}

/** A judgement with what it is about. */
export function aboutPatch(
  { component, series }: PatchQueue,
  { path, content }: PatchFile,
  judgement: Judgement,
): PatchVerdict {
  return { ...judgement, path, component, series, files: touchedPaths(content.value) };
}

function judgeTrial(content: PatchContent, trial: PatchTrial): Judgement {
  const refusals = trialRefusals(content, trial);
  if (refusals.length > 0) return { verdict: 'refused', refusals };
  return forwardVerdict(trial) ?? upstreamVerdict(trial) ?? mergeVerdict(content, trial);
}

/** Only what would be taken counts: a 3-way result is not looked at where the patch applies. */
function trialRefusals(content: PatchContent, trial: PatchTrial): readonly Refusal[] {
  const { forward, threeWay } = trial;
  if (forward.ok && forward.changes.length > 0) return refuseResult(content, forward.changes);
  const merged = threeWay?.kind === 'clean' ? refuseResult(content, threeWay.changes) : [];
  return forward.ok ? merged : [...throughSymlinks(content, forward.failures), ...merged];
}

/** A forward apply that works wins: a fix that was merged and taken back is needed again. */
function forwardVerdict({ forward, history }: PatchTrial): Judgement | undefined {
  if (!changesSomething(forward)) return undefined;
  const match = strongest(history);
  const inHistory = match && { inHistory: match };
  return forward.offsets.length === 0
    ? { verdict: 'applies', ...inHistory }
    : { verdict: 'applies-with-offset', offsets: forward.offsets, ...inHistory };
}

/** An apply that changes nothing proves nothing: git skips patches, and only warns of a file mode. */
function changesSomething(
  fact: ApplyFact | undefined,
): fact is Extract<ApplyFact, { readonly ok: true }> {
  return fact?.ok === true && fact.changes.length > 0;
}

function upstreamVerdict({ reverse, threeWay, history }: PatchTrial): Judgement | undefined {
  const standing = (history ?? []).filter(({ revertedBy }) => revertedBy === undefined);
  const found = new Set<UpstreamEvidence>(standing.map(({ by }) => by));
  if (changesSomething(reverse)) found.add('reverse');
  if (threeWay?.kind === 'no-op') found.add('3way-noop');
  const evidence = upstreamEvidence.filter((kind) => found.has(kind));
  const [by] = evidence;
  if (by === undefined) return undefined;
  const match = strongest(history);
  return {
    verdict: 'already-upstream',
    by,
    evidence,
    ...(match && { upstreamCommit: match.commit, upstreamSubject: match.subject }),
    ...(match?.firstTag !== undefined && { firstTag: match.firstTag }),
  };
}

/** The match that says most, of those that nothing took back. */
function strongest(history: readonly HistoryMatch[] | undefined): HistoryMatch | undefined {
  const standing = (history ?? []).filter(({ revertedBy }) => revertedBy === undefined);
  return [...standing].sort(
    (a, b) => upstreamEvidence.indexOf(a.by) - upstreamEvidence.indexOf(b.by),
  )[0];
}

function mergeVerdict(content: PatchContent, { forward, threeWay }: PatchTrial): Judgement {
  const failures = forward.ok ? [] : forward.failures;
  const conflicts = conflictsOf(content, failures);
  if (threeWay?.kind === 'clean' && threeWay.changes.length > 0 && !doubled(threeWay)) {
    return { verdict: 'refreshable', conflicts };
  }
  const blocking = blockingPaths(threeWay);
  const left = blocking ? failures.filter(({ path }) => blocking.includes(path)) : failures;
  const noMerge = whyNoMerge(forward, threeWay);
  return {
    verdict: 'conflict',
    conflicts: left.length > 0 ? conflictsOf(content, left) : conflicts,
    ...(noMerge && { noMerge }),
  };
}

/** Where the merge fails or goes wrong; the rest of the patch would fit by it. */
function blockingPaths(fact: ThreeWayFact | undefined): readonly string[] | undefined {
  if (fact?.kind === 'conflict') return fact.paths;
  return fact?.kind === 'clean' ? fact.doubled : undefined;
}

function doubled(fact: Extract<ThreeWayFact, { readonly kind: 'clean' }>): boolean {
  return (fact.doubled ?? []).length > 0;
}

function whyNoMerge(forward: ApplyFact, fact: ThreeWayFact | undefined): NoMerge | undefined {
  if (forward.ok) return { kind: 'changes-nothing' };
  if (fact?.kind === 'base-unknown') return { kind: 'base-unknown', blobs: fact.blobs };
  if (fact?.kind === 'clean') return { kind: 'applied-twice', paths: fact.doubled ?? [] };
  return fact?.kind === 'conflict' ? { kind: 'conflict' } : undefined;
}
