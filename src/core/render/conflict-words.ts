import type { ConflictOrigin, LineCommit } from '../model/conflict-origin.ts';
import type { PatchConflict, PatchVerdict } from '../model/patch-verdict.ts';
import { listed, shownName, verdictDetail } from './patch-words.ts';

/** What happened to the lines of a conflict, in a sentence. */
export function originWords(origin: ConflictOrigin): string {
  const { cause, commits, missing, otherPath, patches = [] } = origin;
  switch (cause) {
    case 'changed':
      return changedWords(origin, 'these lines');
    case 'file-changed':
      return changedWords(origin, 'the file');
    case 'added':
      return `${upstreams(commits)} added the file`;
    case 'removed':
      return `${upstreams(commits)} removed the file`;
    case 'moved':
      return `${upstreams(commits)} moved the file; here it is ${shownName(otherPath ?? '')}`;
    case 'not-there-yet':
      return [
        `the file came with ${upstreams(missing)}, which this source does not have`,
        ...(otherPath === undefined ? [] : [`here it is ${shownName(otherPath)}`]),
      ].join('; ');
    case 'queue':
      return `changed by ${listed(patches.map((path) => fileName(path)))}, earlier in the queue`;
    case 'base-unknown':
      return 'upstream does not have what the patch was made on, so nobody can tell who changed it';
  }
}

function changedWords({ commits, missing, more = 0 }: ConflictOrigin, what: string): string {
  const since = commits.length > 0 ? [`${upstreams(commits)} changed ${what}`] : [];
  const other =
    missing.length > 1 ? 'which this source does not have' : 'which is not in this source';
  const upon =
    missing.length > 0 ? [`the patch was made on top of ${upstreams(missing)}, ${other}`] : [];
  const cut = more > 0 ? [`${more} more are not named here`] : [];
  return [...since, ...upon, ...cut].join('; ');
}

/** `upstream's 1234abcd "Fix it" (32.1.0)`, the newest first. */
function upstreams(commits: readonly LineCommit[]): string {
  return `upstream's ${listed(commits.map(commitWords))}`;
}

function commitWords({ commit, subject, firstTag }: LineCommit): string {
  const tag = firstTag === undefined ? 'in no tag yet' : shownName(firstTag);
  return `${commit.slice(0, 8)} "${shownName(subject)}" (${tag})`;
}

/** One line for one verdict, with what happened upstream to the first place that does not fit, where that is known. */
export function verdictReason(verdict: PatchVerdict): string {
  const places = verdict.verdict === 'conflict' ? verdict.conflicts : [];
  const known = places.flatMap((place) => place.origin ?? []);
  // That the base is unknown, the verdict says already.
  const origin = known.find(({ cause }) => cause !== 'base-unknown');
  return [verdictDetail(verdict), ...(origin ? [originWords(origin)] : [])].join('; ');
}

/** The `conflicts` of a patch in `check --json`. */
export function conflictsJson(conflicts: readonly PatchConflict[]): readonly object[] {
  return conflicts.map(({ path, hunk, line, sourceLine, why, origin }) => ({
    path,
    ...(hunk !== undefined && { hunk }),
    line,
    ...(sourceLine !== undefined && { sourceLine }),
    why,
    ...(origin ?? { commits: [], missing: [] }),
  }));
}

function fileName(path: string): string {
  return shownName(path.slice(path.lastIndexOf('/') + 1));
}
