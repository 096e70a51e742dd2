import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { noSuchCommit } from './fetch-files.ts';
import {
  fetchObjects,
  isUnknownObject,
  knowsNoExclusion,
  leavesNothing,
  refusesIds,
} from './fetch.ts';
import { runGit } from './git.ts';
import { putFile } from './leftovers.ts';
import { missingObjects, readObjects } from './objects.ts';
import type { ReadPlace } from './objects.ts';
import type { Place } from './place.ts';
import { openScratch, withScratch } from './store.ts';

export interface RecentRequest {
  readonly commit: string;
  /** Commits that are asked for soon, or now too: they come along. */
  readonly others?: readonly string[];
  /** A ref that contains the commit, for servers that give no ids. */
  readonly ref: string;
  /** Tags whose history is left out; without any it is the whole history. */
  readonly notIn: readonly string[];
  /** Younger tags, without which the commit is here already: only what is between them is fetched. */
  readonly within?: readonly string[];
  readonly filter: 'tree:0' | 'blob:none';
}

/** A repository in which the recent part of a commit's history can be read. */
export type Recent = Required<ReadPlace>;

/** The same before any repository has to be opened for it. */
export interface RecentRange {
  /** The commits that were asked for, as far as they are here. */
  readonly tips: readonly string[];
  /** Commits whose parents are not here. */
  readonly cuts: readonly string[];
  readonly read: <T>(work: (recent: Recent) => Promise<T>) => Promise<T>;
}

/** Lets `work` read what a commit contains and some tags do not; `undefined` where that is nothing. */
export function withRecent<T>(
  place: Place,
  request: RecentRequest,
  work: (recent: Recent) => Promise<T>,
): Promise<T | undefined> {
  return withRange(place, request, ({ read }) => read(work));
}

/**
 * The same for what may be known of that part without a look at it. What was fetched once is not fetched
 * again, and the next commit of a branch brings only what is new.
 */
export async function withRange<T>(
  place: Place,
  request: RecentRequest,
  work: (range: RecentRange) => Promise<T>,
): Promise<T | undefined> {
  const { commit } = request;
  const known = await readRange(place, request);
  if (known.nothing.includes(commit)) return undefined;
  const isHere = missingTips(request, known).length === 0;
  const range = isHere ? known : await fetchRange(place, request, known);
  if (!range) {
    const { ref, filter, others = [] } = request;
    return withRange(place, { commit, others, ref, filter, notIn: [] }, work);
  }
  if (range.nothing.includes(commit)) return undefined;
  const { cuts } = range;
  return work({
    cuts,
    tips: asked(request).filter((one) => range.tips.includes(one)),
    read: (read) =>
      withScratch(place.directory, { refs: new Map(), shallow: cuts }, (directory) =>
        read({ directory, deadlineMs: place.deadlineMs }),
      ),
  });
}

/** What is here of the histories without some tags. */
interface Range {
  /** Commits that are here with all before them, down to the cuts. */
  readonly tips: readonly string[];
  /** Commits that the tags contain. */
  readonly nothing: readonly string[];
  /** Commits whose parents are not here. */
  readonly cuts: readonly string[];
}

function asked({ commit, others = [] }: RecentRequest): readonly string[] {
  return [...new Set([commit, ...others])];
}

function missingTips(request: RecentRequest, { tips, nothing }: Range): readonly string[] {
  return asked(request).filter((one) => !tips.includes(one) && !nothing.includes(one));
}

/** Enough for the branches and the pins of all series. */
const mostTips = 32;

function rangeFile({ directory }: Place, { notIn, filter }: RecentRequest): string {
  const key = createHash('sha256').update([filter, ...notIn].join('\n'));
  return join(directory, `range-${key.digest('hex').slice(0, 24)}`);
}

async function readRange(place: Place, request: RecentRequest): Promise<Range> {
  const text = await readFile(rangeFile(place, request), 'utf8').catch(() => '');
  function named(word: string): readonly string[] {
    const lines = text.matchAll(new RegExp(`^${word} ([0-9a-f]{40})$`, 'gm'));
    return [...lines].map(([, commit = '']) => commit);
  }
  return { tips: named('tip'), nothing: named('nothing'), cuts: named('cut') };
}

async function writeRange(place: Place, request: RecentRequest, range: Range): Promise<Range> {
  const { tips, nothing, cuts } = range;
  const lines = [
    ...tips.slice(0, mostTips).map((commit) => `tip ${commit}\n`),
    ...nothing.slice(0, mostTips).map((commit) => `nothing ${commit}\n`),
    ...cuts.map((commit) => `cut ${commit}\n`),
  ];
  await putFile(dirname(place.directory), rangeFile(place, request), lines.join(''));
  return range;
}

/** `undefined` where the server cannot leave out what tags contain. */
async function fetchRange(
  place: Place,
  request: RecentRequest,
  known: Range,
): Promise<Range | undefined> {
  const { commit } = request;
  const base = await baseOf(place, request, known);
  const refs = new Map(base.tips.map((tip) => [`refs/held/${tip}`, tip] as const));
  const scratch = await openScratch(place.directory, { refs, shallow: base.cuts });
  try {
    const fetched = await fetchTips({ ...place, directory: scratch.directory }, request, known);
    if ((await missingObjects(scratch, [commit])).length > 0) throw noSuchCommit(commit, false);
    const all = await readCuts(scratch.directory);
    // The server also names those that it sends no more, because it has cut off what was to lead there.
    const absent = new Set(await missingObjects(scratch, all));
    const here = all.filter((cut) => !absent.has(cut));
    await writeFile(join(scratch.directory, 'shallow'), here.map((cut) => `${cut}\n`).join(''));
    const fresh = here.filter((cut) => !known.cuts.includes(cut));
    const tips = [...new Set([...fetched, ...known.tips])];
    const { filter } = request;
    const range = { tips, cuts: fresh, filter };
    const closed = await closeCuts({ ...place, directory: scratch.directory }, range);
    const cuts = [...new Set([...known.cuts, ...closed])];
    return await writeRange(place, request, { ...known, tips, cuts });
  } catch (error) {
    if (leavesNothing(error)) {
      return await writeRange(place, request, {
        ...known,
        nothing: [...missingTips(request, known), ...known.nothing],
      });
    }
    if (request.notIn.length > 0 && knowsNoExclusion(error)) return undefined;
    throw error;
  } finally {
    await scratch.close();
  }
}

/** What git takes for the whole history. */
const infinite = 0x7fffffff;

/** What is here of this part, or if that is nothing, of a smaller part that ends at the same commits. */
async function baseOf(place: Place, request: RecentRequest, known: Range): Promise<Range> {
  const { within } = request;
  if (known.tips.length > 0 || within === undefined) return known;
  const smaller = await readRange(place, { ...request, notIn: within });
  const tips = asked(request).filter((one) => smaller.tips.includes(one));
  return tips.length > 0 ? { ...smaller, tips } : known;
}

/** By their ids, or where the server gives none, one by its ref. Gives those that are whole now. */
async function fetchTips(
  place: Place,
  request: RecentRequest,
  known: Range,
): Promise<readonly string[]> {
  const { commit, ref, notIn, filter } = request;
  const wants = missingTips(request, known);
  if (wants.length === 0) return wants;
  // Without any depth git would take a history that is here in part for the whole one.
  const how = notIn.length > 0 ? { notIn } : { shallow: true, depth: infinite };
  try {
    await fetchObjects({ ...place, wants, filter, ...how });
    return wants;
  } catch (error) {
    if (isUnknownObject(error)) {
      if (wants.length > 1) return fetchTips(place, { commit, ref, notIn, filter }, known);
      throw noSuchCommit(commit, true);
    }
    if (!refusesIds(error)) throw error;
    await fetchObjects({ ...place, wants: [ref], filter, ...how });
    return [commit];
  }
}

async function readCuts(directory: string): Promise<readonly string[]> {
  const text = await readFile(join(directory, 'shallow'), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

/**
 * The server cuts a commit off from all of its parents where it leaves out one of them: the first merge
 * after a tag would lose what it merged, and no commit there could be compared with what it changed. So
 * these parents are fetched too, and theirs for the sake of what was merged. Gives the new cuts.
 */
async function closeCuts(
  place: Place,
  { tips, cuts, filter }: Pick<Range, 'tips' | 'cuts'> & Pick<RecentRequest, 'filter'>,
): Promise<readonly string[]> {
  const parents = await parentsOf(place, cuts);
  const open = cuts.filter((cut) => {
    const count = parents.get(cut)?.length ?? 0;
    return filter === 'tree:0' ? count > 1 : count > 0;
  });
  if (open.length === 0) return cuts;
  const within = await ancestorsOf(place, tips);
  const before = [...new Set(open.flatMap((cut) => parents.get(cut) ?? []))];
  const wants = before.filter((parent) => !within.has(parent));
  const depth = open.some((cut) => (parents.get(cut)?.length ?? 0) > 1) ? 2 : 1;
  try {
    if (wants.length > 0) await fetchObjects({ ...place, wants, filter, shallow: true, depth });
  } catch (error) {
    if (!refusesIds(error)) throw error;
    return cuts;
  }
  const all = await readCuts(place.directory);
  return all.filter((cut) => !open.includes(cut));
}

async function ancestorsOf(
  { directory, deadlineMs }: Place,
  commits: readonly string[],
): Promise<ReadonlySet<string>> {
  const { stdout } = await runGit(directory, ['rev-list', ...commits, '--'], { deadlineMs });
  return new Set(stdout.toString('latin1').trimEnd().split('\n'));
}

/** As the commits themselves say, whatever is here of them. */
async function parentsOf(
  place: ReadPlace,
  commits: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const objects = await readObjects(place, commits);
  return new Map(
    [...objects].map(([id, { bytes }]) => {
      const text = bytes.toString('latin1');
      const head = text.slice(0, text.indexOf('\n\n'));
      const parents = [...head.matchAll(/^parent ([0-9a-f]{40})$/gm)];
      return [id, parents.map(([, parent = '']) => parent)] as const;
    }),
  );
}
