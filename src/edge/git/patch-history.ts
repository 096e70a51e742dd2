import type { HistoryMatch } from '../../core/model/patch-trial.ts';
import { compareVersions } from '../../core/model/version.ts';
import { readTagName } from '../../core/formats/tag-name.ts';
import type { CommitTable } from './commit-table.ts';
import { containing, findReverter, placeOf, standingBefore } from './history-table.ts';
import type { HistoryTable } from './history-table.ts';
import type { HistoryTarget } from './history-target.ts';
import { tagsBefore } from './landmarks.ts';
import type { Landmark, Landmarks } from './landmarks.ts';
import { findByPatchId } from './patch-id.ts';
import type { Places } from './place.ts';
import type { Part, RepositoryHistories } from './repository-history.ts';
import { commitsOf, momentOf, writtenAt } from './trial-patch.ts';
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
  /** When the patches of its queue were written. */
  readonly moments: readonly number[];
}

type Found = Pick<HistoryMatch, 'by' | 'commit'>;

/** Nothing is fetched before the first question, and then no more than the patch's age asks for. */
export function openPatchHistory(
  { places, landmarks, histories }: HistorySources,
  target: HistoryTarget,
  written: readonly (string | undefined)[] = [],
): PatchHistory {
  const history = histories.open(target);
  const moments = written.flatMap((date) => momentOf(date) ?? []);
  return {
    find: async (patch) => {
      const tags = await landmarks.of(target.url);
      function describeAll(table: HistoryTable, found: readonly Found[]): readonly HistoryMatch[] {
        return found.map((match) => describe(tags, table, match));
      }
      const question = { places, target, patch, landmarks: tags, moments };
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
  { landmarks, patch, moments }: Question,
  made: number | undefined,
): Readonly<Record<'recent' | 'older', Part>> {
  const written = writtenAt(patch);
  const older = partSince(landmarks, written ?? made, far);
  if (written === undefined) return { recent: older, older };
  const recent = partSince(landmarks, written, near);
  // Older than the patch: it is looked for further back at once.
  if (made === undefined || made < recent.since) return { recent, older };
  // A queue of two years has one part, too: the others of it may be asked for next.
  const first = Math.min(written, ...moments.filter((moment) => moment >= written - step));
  return { recent: partSince(landmarks, first, near), older };
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
  const named = new Map<number, HistoryMatch['by']>();
  for (const commit of commits) {
    for (const number of table.all.saying('picked-from', commit)) named.set(number, 'cherry-pick');
  }
  for (const number of changeId === undefined ? [] : table.all.saying('change-id', changeId)) {
    named.set(number, 'change-id');
  }
  const own = commits.map((commit) => placeOf(table, commit)).filter((number) => number >= 0);
  const others = [...named].filter(([number]) => table.members[number] === 1);
  others.sort(([a], [b]) => a - b);
  const found = new Map([
    ...own.map((number) => [number, 'ancestor'] as const),
    ...others.filter(([number]) => !own.includes(number)),
  ]);
  return stillThere(table, patch, [...found]);
}

/** Without commits that stand before the patch's own ones: there the change was still to be made. */
function stillThere(
  table: HistoryTable,
  patch: TrialPatch,
  found: readonly (readonly [number: number, by: HistoryMatch['by']])[],
): readonly Found[] {
  const before = found.length < 2 ? undefined : standingBefore(table, commitsOf(patch));
  const left = found.filter(([number, by]) => by === 'ancestor' || before?.[number] !== 1);
  return left.map(([number, by]) => ({ by, commit: table.all.idOf(number) }));
}

async function findSame(
  { places, target, patch }: Question,
  notIn: readonly string[],
): Promise<readonly Found[]> {
  const commits = await findByPatchId(places, { ...target, notIn }, patch);
  return commits.map((commit) => ({ by: 'patch-id', commit }));
}

function describe(landmarks: readonly Landmark[], table: HistoryTable, found: Found): HistoryMatch {
  const { all } = table;
  const number = placeOf(table, found.commit);
  const revertedBy = number < 0 ? undefined : findReverter(table, number);
  const firstTag = lowestTag(tagsOn(table, landmarks, found.commit));
  return {
    ...found,
    subject: number < 0 ? '' : all.subjectOf(number),
    ...(revertedBy !== undefined && { revertedBy: all.idOf(revertedBy) }),
    ...(firstTag !== undefined && { firstTag }),
  };
}

/** Tags of commits that contain a commit, as far as the table knows; of the commit itself anyway. */
function tagsOn(
  table: HistoryTable,
  landmarks: readonly Landmark[],
  found: string,
): readonly Landmark[] {
  const number = placeOf(table, found);
  if (number < 0) return landmarks.filter(({ commit }) => commit === found);
  const marked = containing(table, number);
  const numbers = numbersOf(table.all, landmarks);
  return landmarks.filter((_, index) => marked[numbers[index] ?? -1] === 1);
}

/** All patches of a queue ask for the same tags. */
const lastAsked = new WeakMap<
  CommitTable,
  { readonly landmarks: readonly Landmark[]; readonly numbers: readonly number[] }
>();

function numbersOf(all: CommitTable, landmarks: readonly Landmark[]): readonly number[] {
  const known = lastAsked.get(all);
  if (known?.landmarks === landmarks) return known.numbers;
  const numbers = landmarks.map(({ commit }) => all.find(commit));
  lastAsked.set(all, { landmarks, numbers });
  return numbers;
}

/** The lowest version among some tags. */
function lowestTag(tags: readonly Landmark[]): string | undefined {
  const versions = tags.flatMap(({ tag }) => {
    const read = readTagName(tag);
    return read.kind === 'version' ? [read] : [];
  });
  return versions.toSorted((a, b) => compareVersions(a.version, b.version))[0]?.name;
}
