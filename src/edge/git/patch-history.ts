import type { HistoryMatch } from '../../core/model/patch-trial.ts';
import { compareVersions } from '../../core/model/version.ts';
import { readTagName } from '../../core/formats/tag-name.ts';
import { readCommitLog } from './commit-log.ts';
import { containing, findReverter, historyTable, standingBefore } from './history-table.ts';
import type { HistoryTable } from './history-table.ts';
import type { HistoryTarget } from './history-target.ts';
import { secondsOf, tagsBefore } from './landmarks.ts';
import type { Landmark, Landmarks } from './landmarks.ts';
import { findByPatchId } from './patch-id.ts';
import type { Places } from './place.ts';
import { withRecent } from './recent.ts';
import type { RecentRequest } from './recent.ts';
import { commitsOf, writtenAt } from './trial-patch.ts';
import type { TrialPatch } from './trial-patch.ts';

/** The history of a commit, asked for each patch. */
export interface PatchHistory {
  /** Commits that may be the patch's change; by patch-id only where nothing else says so. */
  find(patch: TrialPatch): Promise<readonly HistoryMatch[]>;
}

export interface HistorySources {
  readonly places: Places;
  readonly landmarks: Landmarks;
}

/** What one question is about. */
interface Question {
  readonly places: Places;
  readonly target: HistoryTarget;
  readonly patch: TrialPatch;
  readonly landmarks: readonly Landmark[];
}

type Found = Pick<HistoryMatch, 'by' | 'commit'>;

/** A part of a history: all that some tags do not contain, because it was made after some moment. */
interface Part {
  readonly since: number;
  readonly notIn: readonly string[];
}

interface LoadedPart extends Part {
  readonly table: Promise<HistoryTable | undefined>;
}

/** Nothing is fetched before the first question, and then no more than the patch's age asks for. */
export function openPatchHistory(
  { places, landmarks }: HistorySources,
  target: HistoryTarget,
): PatchHistory {
  const loaded: LoadedPart[] = [];
  let made: Promise<number | undefined> | undefined;
  async function tableOf({ since, notIn }: Part): Promise<HistoryTable | undefined> {
    // Nothing in it is as young as that; and a server that is to leave out everything just fails.
    if (((await made) ?? since) < since) return undefined;
    // What goes further back will do.
    const known = loaded.find((part) => part.since <= since);
    if (known) return known.table;
    const [smaller] = loaded.slice(-1);
    const table = readTable(places, target, { notIn, ...(smaller && { within: smaller.notIn }) });
    loaded.push({ since, notIn, table });
    return table;
  }
  return {
    find: async (patch) => {
      const tags = await landmarks.of(target.url);
      const question = { places, target, patch, landmarks: tags };
      function describeAll(table: HistoryTable, found: readonly Found[]): readonly HistoryMatch[] {
        return found.map((match) => describe(tags, table, match));
      }
      made ??= secondsOf(places, target);
      const { recent, older } = partsFor(question, await made);
      for (const part of isNamed(patch) ? [recent, older] : []) {
        const table = await tableOf(part);
        const found = table ? findNamed(table, patch) : [];
        if (table && found.length > 0) return describeAll(table, found);
      }
      const table = await tableOf(recent);
      if (!table) return [];
      return describeAll(table, await findSame(question, recent.notIn));
    },
  };
}

const day = 24 * 3600;
/** Patches of one half-year have one answer to which tags are older: one part of history for all of them. */
const step = 182 * day;
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

/** `undefined` where the tags contain the target. */
function readTable(
  places: Places,
  { url, ref, commit }: HistoryTarget,
  part: Pick<RecentRequest, 'notIn' | 'within'>,
): Promise<HistoryTable | undefined> {
  const request = { commit, ref, ...part, filter: 'tree:0' } as const;
  return places.at('recent', url, (place) =>
    withRecent(place, request, async (recent) => historyTable(await readCommitLog(recent, commit))),
  );
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
