import type { Refusal, RefusalKind } from '../model/patch-content.ts';
import type {
  Judgement,
  NoMerge,
  PatchConflict,
  PatchVerdict,
  UpstreamEvidence,
} from '../model/patch-verdict.ts';

/** One line for one verdict: what somebody who acts on it has to know. */
export function verdictDetail(verdict: PatchVerdict): string {
  switch (verdict.verdict) {
    case 'applies':
      return verdict.inHistory
        ? upstreamWords(seenIn(verdict.inHistory))
        : 'every hunk at its line';
    case 'applies-with-offset':
      return [
        offsetWords(verdict.offsets),
        ...(verdict.inHistory ? [upstreamWords(seenIn(verdict.inHistory))] : []),
      ].join('; ');
    case 'already-upstream':
      return upstreamWords(verdict);
    case 'refreshable':
      return 'a 3-way merge is clean';
    case 'conflict':
      return conflictDetail(verdict);
    case 'malformed':
      return verdict.problems.map(({ message, line }) => `${message} (line ${line})`).join('; ');
    case 'refused':
      return listed(verdict.refusals.map(refusalWords));
    case 'not-reached':
      return listed(verdict.blockers.map(blockerWords));
  }
}

/** By what one can tell that a change is there, and where. */
interface SeenUpstream {
  readonly by: UpstreamEvidence;
  readonly upstreamCommit?: string;
  readonly firstTag?: string;
}

function seenIn(match: {
  readonly by: UpstreamEvidence;
  readonly commit: string;
  readonly firstTag?: string;
}): SeenUpstream {
  const { by, commit: upstreamCommit, firstTag } = match;
  return { by, upstreamCommit, ...(firstTag !== undefined && { firstTag }) };
}

const evidenceWords: Readonly<Record<UpstreamEvidence, string>> = {
  ancestor: 'is the commit of the patch',
  'change-id': 'has its Change-Id',
  'cherry-pick': 'was picked from the same commit',
  'patch-id': 'makes the same change',
  reverse: 'the source has the change: it can be taken back',
  '3way-noop': 'the source has the change: a 3-way merge changes nothing',
};

/** `1234abcd, first in 32.1.0, has its Change-Id`. */
export function upstreamWords({ by, upstreamCommit, firstTag }: SeenUpstream): string {
  if (upstreamCommit === undefined) return evidenceWords[by];
  const since = firstTag === undefined ? 'in no tag yet' : `first in ${firstTag}`;
  return `upstream's ${upstreamCommit.slice(0, 8)}, ${since}, ${evidenceWords[by]}`;
}

type Offsets = Extract<Judgement, { readonly verdict: 'applies-with-offset' }>['offsets'];

function offsetWords(offsets: Offsets): string {
  return listed(
    offsets.map(({ path, hunk, lines }) => {
      const far = Math.abs(lines);
      return `hunk ${hunk} of ${path} ${far} line${far === 1 ? '' : 's'} ${lines < 0 ? 'up' : 'down'}`;
    }),
  );
}

const noMergeWords: Readonly<Record<NoMerge['kind'], string>> = {
  conflict: 'a 3-way merge conflicts too',
  'base-unknown': 'no 3-way merge, because upstream does not have the files it was made on',
  'applied-twice': 'a 3-way merge would put in what is there already',
  'changes-nothing': 'git takes the patch and changes nothing',
};

function conflictDetail({
  conflicts,
  noMerge,
}: Extract<PatchVerdict, { readonly verdict: 'conflict' }>): string {
  const merge = noMerge ? [noMergeWords[noMerge.kind]] : [];
  const places = conflicts.length > 0 ? [listed(conflicts.map(conflictWords))] : [];
  return [...places, ...merge].join('; ') || 'git gives no reason';
}

/** `hunk 2 of nova/api.py, looked for at line 31: patch does not apply`. */
export function conflictWords({ path, hunk, sourceLine, why }: PatchConflict): string {
  if (path === '') return why;
  const part = hunk === undefined ? path : `hunk ${hunk} of ${path}`;
  // git's own "patch does not apply" says nothing more than the verdict does.
  const reason = why === 'patch does not apply' ? '' : `: ${why}`;
  return `${part}${sourceLine === undefined ? '' : `, looked for at line ${sourceLine}`}${reason}`;
}

const refusals: Readonly<Record<RefusalKind, string>> = {
  'parent-folder': 'leaves the tree by ..',
  absolute: 'is an absolute path',
  'git-folder': "is in git's own folder, or what some file systems take for it",
  'odd-name': 'has characters that no file name should have',
  'odd-mode': 'has a mode that is neither a file nor a symlink',
  'symlink-outside': 'is a symlink that leaves the tree, or may',
  'symlink-unclear': 'is a symlink, and the patch alone does not say where to',
  'symlink-moved': 'is a symlink that is moved up, where it may leave the tree',
  'through-symlink': 'is written through a symlink',
  gitlink: 'is a submodule, which would be fetched from anywhere',
  'too-large': 'is more than a patch may have',
};

export function refusalWords({ kind, what, target }: Refusal): string {
  const to = target === undefined ? '' : ` (${shownName(target)})`;
  return `${shownName(what)} ${refusals[kind]}${to}`;
}

/** A hostile name: on one line, and short. */
export function shownName(name: string): string {
  const line = name.slice(0, 200).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\u{fffd}');
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}

function blockerWords({
  path,
  files,
}: {
  readonly path: string;
  readonly files: readonly string[];
}): string {
  return `${path.slice(path.lastIndexOf('/') + 1)} comes first and touches ${listed(files)}`;
}

/** The first few, and how many more there are. */
export function listed(words: readonly string[]): string {
  const most = 3;
  const more = words.length - most;
  return more > 0 ? `${words.slice(0, most).join(', ')} and ${more} more` : words.join(', ');
}
