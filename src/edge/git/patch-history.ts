import type { HistoryMatch } from '../../core/model/patch-trial.ts';
import { compareVersions } from '../../core/model/version.ts';
import { readTagName } from '../../core/formats/tag-name.ts';
import { containing, findReverter, standingBefore } from './history-table.ts';
import type { HistoryTable } from './history-table.ts';
import type { HistoryTarget } from './history-target.ts';
import { tagsBefore } from './landmarks.ts';
import type { Landmark, Landmarks } from './landmarks.ts';
import { findByPatchId } from './patch-id.ts';
import type { Places } from './place.ts';
import type { Part, RepositoryHistories } from './repository-history.ts';
import { commitsOf, writtenAt } from './trial-patch.ts';
import type { TrialPatch } from './trial-patch.ts';

/** The history of a commit, asked for each patch. */
export interface PatchHistory {
  /** Commits that may be the patch's change; by patch-id only where nothing else says so. */
  find(patch: TrialPatch): Promise<readonly HistoryMatch[]>;
  close(): void;
}

export interface HistorySources {
  readonly places: Places;
  readonly landmarks: Landmarks;
  readonly histories: RepositoryHistories;
}

/** What one question is about. */
interface Question {
  readonly places: Places;
  readonly target: HistoryTarget;
  readonly patch: TrialPatch;
  readonly landmarks: readonly Landmark[];
}

type Found = Pick<HistoryMatch, 'by' | 'commit'>;

/** Nothing is fetched before the first question, and then no more than the patch's age asks for. */
export function openPatchHistory(
  { places, landmarks, histories }: HistorySources,
  target: HistoryTarget,
): PatchHistory {
  const history = histories.open(target);
  return {
    find: async (patch) => {
      const tags = await landmarks.of(target.url);
      function describeAll(table: HistoryTable, found: readonly Found[]): readonly HistoryMatch[] {
        return found.map((match) => describe(tags, table, match));
      }
      const question = { places, target, patch, landmarks: tags };
      const { recent, older } = partsFor(question, await history.madeAt());
      for (const part of isNamed(patch) ? [recent, older] : []) {
        const table = await history.table(part);
        const found = table ? findNamed(table, patch) : [];
        if (table && found.length > 0) return describeAll(table, found);
      }
      const table = await history.table(recent);
      return table ? describeAll(table, await findSame(question, recent.notIn)) : [];
    },
    close: () => {
      history.close();
    },
  };
}

const day = 24 * 3600;
/** Patches of one year have one answer to which tags are older: one part of history for all of them. */
const step = 365 * day;
/** A change is merged after it was written; clocks are not that wrong. */
export const near = 30 * day;
/** But whoever writes an old change down anew gives it a new date. */
export const far = 3 * 365 * day;

/** Where to look at first, and where if nothing is found there. */
function partsFor(
  { landmarks, patch }: Question,
  made: number | undefined,
): Readonly<Record<'recent' | 'older', Part>> {
  const written = writtenAt(patch);
  const older = partSince(landmarks, written ?? made, far);
  return { recent: written === undefined ? older : partSince(landmarks, written, near), older };
}

/** Without a moment to go by it is all of the history. */
export function partSince(
  landmarks: readonly Landmark[],
  moment: number | undefined,
  margin: number,
): Part {
  if (moment === undefined) return { since: -Infinity, notIn: [] };
  const since = stepDown(moment - margin);
  return { since, notIn: tagsBefore(landmarks, since) };
}

function stepDown(seconds: number): number {
  return seconds - (seconds % step);
}

function isNamed(patch: TrialPatch): boolean {
  return patch.header.changeId !== undefined || commitsOf(patch).length > 0;
}

/** By what the patch and the commits say themselves; each commit once. */
function findNamed(table: HistoryTable, patch: TrialPatch): readonly Found[] {
  const { changeId } = patch.header;
  const commits = commitsOf(patch);
  const found = new Map<string, HistoryMatch['by']>();
  for (const commit of commits) if (table.places.has(commit)) found.set(commit, 'ancestor');
  for (const { commit, changeIds, cherryPickedFrom } of table.log) {
    if (found.has(commit)) continue;
    if (changeId !== undefined && changeIds.includes(changeId)) found.set(commit, 'change-id');
    else if (cherryPickedFrom.some((from) => commits.includes(from))) {
      found.set(commit, 'cherry-pick');
    }
  }
  return stillThere(
    table,
    patch,
    [...found].map(([commit, by]) => ({ by, commit })),
  );
}

/** Without commits that stand before the patch's own ones: there the change was still to be made. */
function stillThere(
  table: HistoryTable,
  patch: TrialPatch,
  found: readonly Found[],
): readonly Found[] {
  if (found.length < 2) return found;
  const before = standingBefore(table, commitsOf(patch));
  return found.filter(({ by, commit }) => by === 'ancestor' || !before.has(commit));
}

async function findSame(
  { places, target, patch }: Question,
  notIn: readonly string[],
): Promise<readonly Found[]> {
  const commits = await findByPatchId(places, { ...target, notIn }, patch);
  return commits.map((commit) => ({ by: 'patch-id', commit }));
}

function describe(landmarks: readonly Landmark[], table: HistoryTable, found: Found): HistoryMatch {
  const logged = table.log[table.places.get(found.commit) ?? -1];
  const revertedBy = logged && findReverter(table, logged);
  const firstTag = lowestTag(landmarks, containing(table, found.commit));
  return {
    ...found,
    subject: logged?.subject ?? '',
    ...(revertedBy && { revertedBy: revertedBy.commit }),
    ...(firstTag !== undefined && { firstTag }),
  };
}

/** The lowest version among the tags of some commits. */
function lowestTag(
  landmarks: readonly Landmark[],
  commits: ReadonlySet<string>,
): string | undefined {
  const tags = landmarks.filter(({ commit }) => commits.has(commit));
  const versions = tags.flatMap(({ tag }) => {
    const read = readTagName(tag);
    return read.kind === 'version' ? [read] : [];
  });
  return versions.toSorted((a, b) => compareVersions(a.version, b.version))[0]?.name;
}
