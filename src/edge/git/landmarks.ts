import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fetchObjects, isUnknownObject, refusesIds } from './fetch.ts';
import { remoteName } from './environment.ts';
import { runGit } from './git.ts';
import type { HistoryTarget } from './history-target.ts';
import { readObjects } from './objects.ts';
import type { Place, Places } from './place.ts';
import { putFile } from './leftovers.ts';
import { parseRefLines } from './ref-lines.ts';
import { withScratch } from './store.ts';

/** A tag of a version, and the commit it points to. */
export interface Landmark {
  readonly tag: string;
  readonly commit: string;
  /** When the commit was made, in seconds since 1970; missing where nobody knows. */
  readonly seconds?: number;
}

/** The tags that a remote has, as they were a moment ago at most. */
export interface Landmarks {
  of(url: string): Promise<readonly Landmark[]>;
}

/** All targets of a run ask at about the same time. */
const freshMs = 30_000;

export function createLandmarks(places: Places): Landmarks {
  const lists = new Map<
    string,
    { readonly at: number; readonly list: Promise<readonly Landmark[]> }
  >();
  return {
    of: (url) => {
      const known = lists.get(url);
      if (known && Date.now() - known.at < freshMs) return known.list;
      for (const [other, { at }] of lists) if (Date.now() - at >= freshMs) lists.delete(other);
      const list = places.at('recent', url, readLandmarks);
      lists.set(url, { at: Date.now(), list });
      // A failure is not to be repeated for those who ask later.
      list.catch(() => lists.delete(url));
      return list;
    },
  };
}

async function readLandmarks(place: Place): Promise<readonly Landmark[]> {
  const { directory, remote, deadlineMs } = place;
  const args = ['ls-remote', '--tags', remoteName];
  const { stdout } = await runGit(directory, args, { remote, deadlineMs });
  const tags = [...parseRefLines(stdout.toString('utf8')).tags];
  const dated = newestVersions(tags.map(([tag, { commit }]) => ({ tag, commit })));
  const dates = await readDates(place, dated);
  return tags.map(([tag, { commit }]) => {
    const seconds = dates.get(commit);
    return { tag, commit, ...(seconds !== undefined && { seconds }) };
  });
}

/** Their commits are fetched: a few hundred bytes each. */
const mostDated = 128;

/** Tags of final versions. */
function newestVersions(tags: readonly Landmark[]): readonly Landmark[] {
  const numbered = tags.flatMap((landmark) => {
    const [, numbers] = /^v?(\d+(?:\.\d+)+)$/.exec(landmark.tag) ?? [];
    return numbers === undefined ? [] : [{ landmark, numbers: parts(numbers) }];
  });
  if (numbered.length <= mostDated) return numbered.map(({ landmark }) => landmark);
  numbered.sort((a, b) => compareNumbers(b.numbers, a.numbers));
  return numbered.slice(0, mostDated).map(({ landmark }) => landmark);
}

/** nova's 2015.1.4 is older than its 12.0.0; where all are years, they are so among themselves. */
function parts(version: string): readonly number[] {
  const numbers = version.split('.').map(Number);
  const [first = 0] = numbers;
  return first >= 2000 ? [0, ...numbers] : numbers;
}

function compareNumbers(a: readonly number[], b: readonly number[]): number {
  const differing = a.findIndex((number, index) => number !== b[index]);
  return differing < 0 ? a.length - b.length : (a[differing] ?? 0) - (b[differing] ?? 0);
}

/** When some commits were made, as far as they are here: whoever tries patches on them has them. */
export function datesHere(
  places: Places,
  url: string,
  commits: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  return places.at('files', url, (place) => datesOf(place, commits));
}

/** When a commit was made; `undefined` where nobody says. */
export async function fetchDate(
  places: Places,
  { url, ref, commit }: HistoryTarget,
): Promise<number | undefined> {
  const dates = await places.at('recent', url, async (place) => {
    const known = await datesOf(place, [commit]);
    if (known.has(commit)) return known;
    await fetchCommits(place, [commit], [ref]);
    return datesOf(place, [commit]);
  });
  return dates.get(commit);
}

/** By commit, as far as the server gives the commits. */
async function readDates(
  place: Place,
  landmarks: readonly Landmark[],
): Promise<ReadonlyMap<string, number>> {
  const ids = [...new Set(landmarks.map(({ commit }) => commit))];
  const here = await datesOf(place, ids);
  const missing = landmarks.filter(({ commit }) => !here.has(commit));
  if (missing.length === 0) return here;
  const refs = missing.map(({ tag }) => `refs/tags/${tag}`);
  await fetchCommits(
    place,
    missing.map(({ commit }) => commit),
    refs,
  );
  return datesOf(place, ids);
}

/** By their ids, or where the server gives none, by refs. */
async function fetchCommits(
  place: Place,
  commits: readonly string[],
  refs: readonly string[],
): Promise<void> {
  function fetch(wants: readonly string[]): Promise<void> {
    return withScratch(place.directory, { refs: new Map(), shallow: [] }, (directory) =>
      fetchObjects({ ...place, directory, wants, filter: 'tree:0', shallow: true }),
    );
  }
  try {
    await fetch(commits);
  } catch (error) {
    // A ref that was moved since it was listed: its old commit may be gone, its name is not.
    if (!refusesIds(error) && !isUnknownObject(error)) throw error;
    await fetch(refs);
  }
}

/** As their texts say, which were read once for all. */
async function datesOf(
  place: Place,
  commits: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const file = join(place.directory, 'dates');
  const text = await readFile(file, 'utf8').catch(() => '');
  const known = new Map(
    [...text.matchAll(/^([0-9a-f]{40}) (\d+)$/gm)].map(
      ([, id = '', seconds]) => [id, Number(seconds)] as const,
    ),
  );
  const missing = commits.filter((commit) => !known.has(commit));
  if (missing.length === 0) return known;
  const found = await readDatesOf(place, missing);
  if (found.size > 0) {
    const all = [...new Map([...known, ...found])].slice(-mostDates);
    const lines = all.map(([id, seconds]) => `${id} ${seconds}\n`);
    await putFile(dirname(place.directory), file, lines.join(''));
  }
  return new Map([...known, ...found]);
}

/** Those of the tags, and of the pins of some years. */
const mostDates = 1000;

async function readDatesOf(
  place: Place,
  commits: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const objects = await readObjects(place, commits);
  return new Map(
    [...objects].flatMap(([id, { type, bytes }]) => {
      const seconds = type === 'commit' ? committedAt(bytes) : undefined;
      return seconds === undefined ? [] : [[id, seconds] as const];
    }),
  );
}

/** When a commit was made, as its own text says. */
function committedAt(commit: Buffer): number | undefined {
  const head = commit.toString('latin1', 0, commit.indexOf('\n\n'));
  const seconds = /^committer .* (\d+) [+-]\d{4}$/m.exec(head)?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}

/** More would be more to say than they save. */
const mostExcluded = 24;

/** The tags whose history is older than a moment: what was made after it is in none of them. */
export function tagsBefore(landmarks: readonly Landmark[], seconds: number): readonly string[] {
  const older = landmarks.flatMap(({ tag, seconds: at }) =>
    at !== undefined && at < seconds ? [{ tag, at }] : [],
  );
  older.sort((a, b) => b.at - a.at || (a.tag < b.tag ? -1 : 1));
  return older.slice(0, mostExcluded).map(({ tag }) => tag);
}
