import type { HistoryMatch } from '../../core/model/patch-trial.ts';
import { compareVersions } from '../../core/model/version.ts';
import type { Version } from '../../core/model/version.ts';
import { readTagName } from '../../core/formats/tag-name.ts';
import { readCommitLog } from './commit-log.ts';
import type { LoggedCommit } from './commit-log.ts';
import { runGit } from './git.ts';
import type { History } from './history.ts';
import { commitsWithoutIt, openHistoryOf } from './history-target.ts';
import type { HistoryTarget } from './history-target.ts';
import { isObjectId } from './names.ts';
import { openPatchIds } from './patch-id.ts';
import type { PatchIds } from './patch-id.ts';
import type { Places } from './place.ts';
import { parseRefLines } from './ref-lines.ts';
import { commitsOf } from './trial-patch.ts';
import type { TrialPatch } from './trial-patch.ts';

/** The history of a commit, asked for each patch. */
export interface PatchHistory {
  /** Commits that may be the patch's change; by patch-id only where nothing else says so. */
  find(patch: TrialPatch): Promise<readonly HistoryMatch[]>;
  close(): Promise<void>;
}

interface Table {
  readonly log: readonly LoggedCommit[];
  /** Where a commit stands in `log`. */
  readonly places: ReadonlyMap<string, number>;
  readonly reverters: readonly LoggedCommit[];
  /** Versions by the commit that is tagged with them. */
  readonly versions: ReadonlyMap<string, readonly Version[]>;
  readonly names: ReadonlyMap<Version, string>;
}

type Found = Pick<HistoryMatch, 'by' | 'commit'>;

export async function openPatchHistory(
  places: Places,
  target: HistoryTarget,
): Promise<PatchHistory> {
  const history = await openHistoryOf(places, 'history', target);
  const byPatchId = openPatchIds(places, target);
  async function close(): Promise<void> {
    await Promise.all([history.close(), byPatchId.close()]);
  }
  try {
    const tags = await readTags(history);
    // Patches of one origin have the same history to be looked for in.
    const tables = new Map<string, Promise<Table>>();
    async function tableFor(patch: TrialPatch): Promise<Table> {
      const notIn = await commitsWithoutIt(history, target, patch);
      const key = notIn.join();
      const table = tables.get(key) ?? readTable(history, { tags, target, notIn });
      tables.set(key, table);
      return table;
    }
    return {
      find: async (patch) => {
        const table = await tableFor(patch);
        const named = await findNamed(history, table, { patch, target });
        const found = named.length > 0 ? named : await findByPatchId(byPatchId, patch);
        return Promise.all(found.map((match) => describe(history, table, match)));
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

type Tags = Pick<Table, 'versions' | 'names'>;

async function readTags({ directory, deadlineMs }: History): Promise<Tags> {
  const args = ['show-ref', '--tags', '--dereference'];
  const { stdout } = await runGit(directory, args, { accept: [1], deadlineMs });
  const versions = new Map<string, Version[]>();
  const names = new Map<Version, string>();
  for (const [name, { commit }] of parseRefLines(stdout.toString('utf8')).tags) {
    const tag = readTagName(name);
    if (tag.kind !== 'version') continue;
    names.set(tag.version, name);
    versions.set(commit, [...(versions.get(commit) ?? []), tag.version]);
  }
  return { versions, names };
}

async function readTable(
  history: History,
  from: { readonly tags: Tags; readonly target: HistoryTarget; readonly notIn: readonly string[] },
): Promise<Table> {
  const { tags, target, notIn } = from;
  const log = await readCommitLog(history, { commit: target.commit, notIn });
  const places = new Map(log.map(({ commit }, index) => [commit, index] as const));
  const reverters = log.filter(({ reverts }) => reverts.length > 0);
  return { ...tags, log, places, reverters };
}

/** By what the patch and the commits say themselves; each commit once. */
async function findNamed(
  history: History,
  table: Table,
  { patch, target }: { readonly patch: TrialPatch; readonly target: HistoryTarget },
): Promise<readonly Found[]> {
  const found = new Map<string, HistoryMatch['by']>();
  const commits = commitsOf(patch);
  for (const commit of commits) {
    if (await isAncestor(history, table, { commit, target })) found.set(commit, 'ancestor');
  }
  const { changeId } = patch.header;
  for (const { commit, changeIds, cherryPickedFrom } of table.log) {
    if (found.has(commit)) continue;
    if (changeId !== undefined && changeIds.includes(changeId)) found.set(commit, 'change-id');
    else if (cherryPickedFrom.some((from) => commits.includes(from))) {
      found.set(commit, 'cherry-pick');
    }
  }
  return [...found].map(([commit, by]) => ({ by, commit }));
}

async function isAncestor(
  history: History,
  table: Table,
  { commit, target }: { readonly commit: string; readonly target: HistoryTarget },
): Promise<boolean> {
  if (table.places.has(commit)) return true;
  if (target.sinceTags.length === 0) return false;
  const args = ['merge-base', '--is-ancestor', commit, target.commit];
  // 128: the commit is not known here, and so it is in no history of ours.
  const { deadlineMs } = history;
  const { code } = await runGit(history.directory, args, { accept: [1, 128], deadlineMs });
  return code === 0;
}

async function findByPatchId(byPatchId: PatchIds, patch: TrialPatch): Promise<readonly Found[]> {
  const commits = await byPatchId.find(patch);
  return commits.map((commit) => ({ by: 'patch-id', commit }));
}

async function describe(history: History, table: Table, found: Found): Promise<HistoryMatch> {
  const logged = table.log[table.places.get(found.commit) ?? -1];
  const revertedBy = logged && findReverter(table, logged);
  const firstTag = await firstTagWith(history, table, found.commit);
  return {
    ...found,
    subject: logged?.subject ?? (await subjectOf(history, found.commit)),
    ...(revertedBy && { revertedBy: revertedBy.commit }),
    ...(firstTag !== undefined && { firstTag }),
  };
}

/** A commit that takes this one back and was not taken back itself. */
function findReverter(table: Table, reverted: LoggedCommit): LoggedCommit | undefined {
  // A revert of master that was backported names the commit of master.
  const names = [reverted.commit, ...reverted.cherryPickedFrom, ...reverted.changeIds];
  const place = table.places.get(reverted.commit) ?? 0;
  return table.reverters.find((candidate) => {
    const takesBack = candidate.reverts.some((start) =>
      names.some((name) => name.startsWith(start)),
    );
    // What stands before it in the log is no ancestor of it. Each step goes on from there, and ends.
    const isLater = (table.places.get(candidate.commit) ?? 0) < place;
    return takesBack && isLater && findReverter(table, candidate) === undefined;
  });
}

async function subjectOf(history: History, commit: string): Promise<string> {
  if (!isObjectId(commit)) return '';
  const args = ['log', '-1', '--format=%s', commit, '--'];
  const { stdout } = await runGit(history.directory, args, { deadlineMs: history.deadlineMs });
  return stdout.toString('utf8').trimEnd();
}

/** The lowest version whose tag contains a commit; first among the ancestors of the target. */
async function firstTagWith(
  history: History,
  table: Table,
  commit: string,
): Promise<string | undefined> {
  const tagged = containing(table, commit).flatMap((id) => table.versions.get(id) ?? []);
  const versions = tagged.length > 0 ? tagged : await versionsWith(history, table, commit);
  const lowest = versions.toSorted(compareVersions)[0];
  return lowest && table.names.get(lowest);
}

/** Commits of the log that contain one of them. Children stand first, so one walk upwards finds all. */
function containing({ log, places }: Table, commit: string): readonly string[] {
  const place = places.get(commit);
  if (place === undefined) return [];
  const found = new Set([commit]);
  for (let index = place - 1; index >= 0; index -= 1) {
    const child = log[index];
    const parents = child?.parents.split(' ') ?? [];
    if (child && parents.some((parent) => found.has(parent))) found.add(child.commit);
  }
  return [...found];
}

async function versionsWith(
  history: History,
  table: Table,
  commit: string,
): Promise<readonly Version[]> {
  const args = ['for-each-ref', `--contains=${commit}`, '--format=%(refname)', 'refs/tags'];
  const { stdout } = await runGit(history.directory, args, { deadlineMs: history.deadlineMs });
  const refs = new Set(stdout.toString('utf8').split('\n'));
  return [...table.names].flatMap(([version, name]) =>
    refs.has(`refs/tags/${name}`) ? [version] : [],
  );
}
