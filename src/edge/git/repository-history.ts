import { mostCommits, readCommitLog } from './commit-log.ts';
import { openCommits, packCommits } from './commit-table.ts';
import type { CommitTable } from './commit-table.ts';
import { historyOf } from './history-table.ts';
import type { HistoryTable } from './history-table.ts';
import type { HistoryTarget } from './history-target.ts';
import { datesHere, fetchDate } from './landmarks.ts';
import { keep, readKept } from './kept-bytes.ts';
import type { Place, Places } from './place.ts';
import { withRange } from './recent.ts';
import type { RecentRange } from './recent.ts';

/** A part of a history: what some tags do not contain, because it was made after some moment. */
export interface Part {
  /** In seconds since 1970; all of the history since -Infinity. */
  readonly since: number;
  readonly notIn: readonly string[];
}

/** Histories of the sources that are open. Those of one repository are fetched and read together. */
export interface RepositoryHistories {
  open(target: HistoryTarget): SourceHistory;
}

interface SourceHistory {
  /** When the source was made; `undefined` where nobody says. */
  madeAt(): Promise<number | undefined>;
  /** `undefined` where nothing of the source's history is in that part. */
  table(part: Part): Promise<HistoryTable | undefined>;
  close(): void;
}

interface Loaded extends Part {
  /** For whom it was read; others came along. */
  readonly asked: string;
  readonly commits: ReadonlySet<string>;
  readonly table: Promise<CommitTable | undefined>;
}

/** What is known of one repository while any of its sources is open. */
interface Repository {
  readonly open: HistoryTarget[];
  readonly dates: Map<string, Promise<number | undefined>>;
  readonly loaded: Loaded[];
}

export function createHistories(places: Places): RepositoryHistories {
  const repositories = new Map<string, Repository>();
  return {
    open: (target) => {
      const repository = repositories.get(target.url) ?? newRepository();
      repositories.set(target.url, repository);
      repository.open.push(target);
      const views = new Map<Loaded, Promise<HistoryTable | undefined>>();
      return {
        madeAt: () => madeAt(places, repository, target),
        table: async (part) => {
          const made = (await madeAt(places, repository, target)) ?? part.since;
          // Nothing in it is as young as that; and a server that is to leave out everything just fails.
          if (made < part.since) return undefined;
          const loaded = await loadedWith(places, repository, { target, part });
          const view = views.get(loaded) ?? viewOf(places, target, loaded);
          views.set(loaded, view);
          return view;
        },
        close: () => {
          repository.open.splice(repository.open.indexOf(target), 1);
          if (repository.open.length === 0) repositories.delete(target.url);
        },
      };
    },
  };
}

function newRepository(): Repository {
  return { open: [], dates: new Map(), loaded: [] };
}

/** Dates of all open sources at once; of one that is not here, alone. */
async function madeAt(
  places: Places,
  { open, dates }: Repository,
  target: HistoryTarget,
): Promise<number | undefined> {
  if (!dates.has(target.commit)) {
    const commits = [...new Set(open.map(({ commit }) => commit))];
    const here = datesHere(places, target.url, commits);
    for (const commit of commits) {
      const date = here.then((found) => found.get(commit));
      // Not all of them ask.
      date.catch(() => undefined);
      dates.set(commit, date);
    }
  }
  const here = await dates.get(target.commit);
  if (here !== undefined) return here;
  const fetched = fetchDate(places, target);
  dates.set(target.commit, fetched);
  return fetched;
}

/** The source's own part of what was read for several. */
async function viewOf(
  places: Places,
  target: HistoryTarget,
  { asked, since, notIn, table }: Loaded,
): Promise<HistoryTable | undefined> {
  const isOwn = asked === target.commit;
  const all = await (isOwn ? table : table.catch(() => undefined));
  const history = all && historyOf(all, target.commit);
  // Where another source was at fault, or has nothing in this part, that says nothing of this one.
  if (history || isOwn) return history;
  const own = await readTable(places, { ...target, since, notIn }, [target.commit]);
  return own && historyOf(own, target.commit);
}

interface Wanted {
  readonly target: HistoryTarget;
  readonly part: Part;
}

/** What goes further back will do. */
async function loadedWith(
  places: Places,
  repository: Repository,
  { target, part }: Wanted,
): Promise<Loaded> {
  function known(commit: string): Loaded | undefined {
    return repository.loaded.find(
      ({ since, commits }) => since <= part.since && commits.has(commit),
    );
  }
  const found = known(target.commit);
  if (found) return found;
  const others: string[] = [];
  for (const one of repository.open) {
    if (known(one.commit)) continue;
    const made = await repository.dates.get(one.commit)?.catch(() => undefined);
    if (made !== undefined && made >= part.since) others.push(one.commit);
  }
  // Another source may have asked in the meantime.
  const since = known(target.commit);
  if (since) return since;
  const smaller = repository.loaded.findLast(({ commits }) => commits.has(target.commit));
  const within = smaller && { within: smaller.notIn };
  const commits = new Set([target.commit, ...others]);
  const request = { ...target, ...part, ...within };
  const table = readTable(places, request, [...commits]).catch(() =>
    // One of the others may be at fault.
    readTable(places, request, [target.commit]),
  );
  const loaded = { ...part, asked: target.commit, commits, table };
  repository.loaded.push(loaded);
  return loaded;
}

/** `undefined` where the tags contain all of it. */
function readTable(
  places: Places,
  target: HistoryTarget & Part & { readonly within?: readonly string[] },
  commits: readonly string[],
): Promise<CommitTable | undefined> {
  const { url, commit, ref, notIn, within } = target;
  const request = { commit, others: commits, ref, notIn, filter: 'tree:0' } as const;
  return places.at('recent', url, (place) =>
    withRange(place, { ...request, ...(within && { within }) }, (range) =>
      readCommits(place, range),
    ),
  );
}

/** To be raised when something else is read from messages: what is kept is then read anew. */
const version = 1;

/** From git once: which commits these are follows from where the part begins and ends. */
async function readCommits(
  { directory }: Place,
  { tips, cuts, read }: RecentRange,
): Promise<CommitTable> {
  const key = [version, mostCommits, tips.toSorted(), cuts.toSorted()];
  const name = { kind: 'commits', key } as const;
  const known = await readKept(directory, name);
  if (known) return openCommits(known);
  const packed = packCommits(await read((recent) => readCommitLog(recent, tips)));
  await keep(directory, name, packed);
  return openCommits(packed);
}
