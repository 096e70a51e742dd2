import { commitAt, fetchBlobs, fetchCommits, holdCommit } from './fetch-files.ts';
import type { IndexEntries } from './index-file.ts';
import { emptyBlob } from './objects-here.ts';
import { missingObjects, sizesOf } from './objects.ts';
import { entriesAt, entriesOfAll, entriesSurelyAt } from './path-entries.ts';
import type { Place, Places } from './place.ts';
import { createSharedFiles } from './shared-files.ts';
import type { SharedFiles } from './shared-files.ts';
import type { TrialMemo } from './trial-memo.ts';

/** Paths of one component at one commit. */
export interface EntriesTarget {
  readonly url: string;
  /** Full name of a ref that contains the commit. */
  readonly ref: string;
  readonly commit: string;
  readonly paths: readonly string[];
}

export interface SourceEntries {
  readonly entries: IndexEntries;
  /** True where the store was seen to have their blobs. */
  readonly hasBlobs: boolean;
  /** Those of the sources that were asked for together. */
  readonly files: SharedFiles;
}

/** Reads what stands at paths of sources; those of one repository that are asked for together share requests. */
export interface EntriesReader {
  read(target: EntriesTarget): Promise<SourceEntries>;
}

type Answer =
  | (Omit<SourceEntries, 'files'> & {
      /** Bytes of blobs, as far as they are known. */
      readonly sizes?: ReadonlyMap<string, number>;
    })
  | undefined;

/** Targets of one repository that wait for its store. */
interface Batch {
  readonly targets: EntriesTarget[];
  readonly files: SharedFiles;
  /** How many targets belong to it, also those that the memo knew. */
  asked: number;
  answered: number;
  answers?: Promise<ReadonlyMap<EntriesTarget, Answer>>;
}

export function createEntriesReader(places: Places, memo: TrialMemo): EntriesReader {
  const batches = new Map<string, Batch>();
  function batchOf(url: string): Batch {
    const known = batches.get(url);
    if (known) return known;
    const batch = { targets: [], asked: 0, answered: 0, files: createSharedFiles(places, url) };
    batches.set(url, batch);
    return batch;
  }
  /** Who asks from now on belongs to another one. */
  function seal(url: string, batch: Batch): void {
    if (batches.get(url) === batch) batches.delete(url);
  }
  async function answerAll(url: string, batch: Batch): Promise<ReadonlyMap<EntriesTarget, Answer>> {
    try {
      return await places.at('files', url, async (place) => {
        seal(url, batch);
        return readTogether(place, batch.targets);
      });
    } finally {
      // Where there is no store to be had, it may be there for the next one.
      seal(url, batch);
    }
  }
  async function fresh(target: EntriesTarget, batch: Batch): Promise<NonNullable<Answer>> {
    batch.targets.push(target);
    batch.answers ??= answerAll(target.url, batch);
    const answer = (await batch.answers).get(target) ?? (await readAlone(places, target));
    await record(memo, target, answer.entries);
    return answer;
  }
  return {
    read: async (target) => {
      const batch = batchOf(target.url);
      batch.asked += 1;
      // Also what is known comes in a later turn: who asks for several sources has asked for all by then.
      const found = await (recall(memo, target) ?? fresh(target, batch));
      batch.files.add(found.entries, found.sizes);
      batch.answered += 1;
      // Where the memo knew them all, nobody did; and its files are to go with the sources.
      if (batch.answered === batch.asked) seal(target.url, batch);
      return { ...found, files: batch.files };
    },
  };
}

/** A commit's trees never change. */
function keyOf({ commit, paths }: EntriesTarget): readonly unknown[] {
  return ['entries', commit, [...new Set(paths)].sort()];
}

type FlatEntries = readonly (readonly [path: string, mode: string, object: string])[];

function recall(memo: TrialMemo, target: EntriesTarget): NonNullable<Answer> | undefined {
  const known = memo.remembered(keyOf(target)) as FlatEntries | undefined;
  if (!known) return undefined;
  const entries = new Map(known.map(([path, mode, object]) => [path, { mode, object }]));
  return { entries, hasBlobs: false };
}

function record(memo: TrialMemo, target: EntriesTarget, entries: IndexEntries): Promise<void> {
  const flat: FlatEntries = [...entries].map(([path, { mode, object }]) => [path, mode, object]);
  return memo.remember(keyOf(target), flat);
}

/** One request for all commits that are not here, and one for all blobs. Who is left out is to be asked for alone. */
async function readTogether(
  place: Place,
  targets: readonly EntriesTarget[],
): Promise<ReadonlyMap<EntriesTarget, Answer>> {
  const found = new Map(await look(place, targets));
  const missing = targets.filter((target) => !found.get(target));
  if (missing.length > 1 && (await succeeds(fetchAll(place, missing)))) {
    for (const [target, entries] of await look(place, missing)) found.set(target, entries);
  }
  const all = [...found].flatMap(([target, entries]) =>
    entries ? [[target, entries] as const] : [],
  );
  const [first] = all;
  const merged = all.map(([, entries]) => entries);
  const sizes = first && (await bringBlobs(place, first[0].ref, merged).catch(() => undefined));
  const answer = { hasBlobs: sizes !== undefined, ...(sizes && { sizes }) };
  return new Map(all.map(([target, entries]) => [target, { entries, ...answer }]));
}

async function look(
  place: Place,
  targets: readonly EntriesTarget[],
): Promise<readonly (readonly [EntriesTarget, IndexEntries | undefined])[]> {
  const questions = targets.map(({ commit, paths }) => ({ revision: commit, paths }));
  const answers = await entriesOfAll(place, questions);
  return targets.map((target, index) => [target, answers[index]] as const);
}

async function fetchAll(place: Place, targets: readonly EntriesTarget[]): Promise<void> {
  const commits = [...new Set(targets.map(({ commit }) => commit))];
  await fetchCommits(place, commits, 1);
  for (const commit of commits) await holdCommit(place, commit);
}

/** Of what fails for all at once, each one alone finds out the reason. */
async function succeeds(work: Promise<void>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}

async function readAlone(
  places: Places,
  { url, ref, commit, paths }: EntriesTarget,
): Promise<NonNullable<Answer>> {
  const entries = await places.at('files', url, (place) =>
    commitAt(place, { commit, ref }, (sure) =>
      (sure ? entriesSurelyAt : entriesAt)(place, commit, paths),
    ),
  );
  return { entries, hasBlobs: false };
}

/** Fetches the blobs of some entries that are not here, in one request. Gives the bytes of those that were. */
export async function bringBlobs(
  place: Place,
  ref: string,
  entries: readonly IndexEntries[],
): Promise<ReadonlyMap<string, number>> {
  const all = entries.flatMap((one) => [...one.values()]);
  const blobs = all.filter(({ mode }) => mode !== '160000').map(({ object }) => object);
  // What stands for a folder in an index has this id, and no server needs to have it.
  const ids = [...new Set(blobs)].filter((id) => id !== emptyBlob);
  const sizes = await sizesOf(place, ids);
  const wants = ids.filter((id) => !sizes.has(id));
  if (wants.length === 0) return sizes;
  await fetchBlobs(
    place,
    { ref, wants },
    async () => (await missingObjects(place, wants)).length === 0,
  );
  return sizes;
}
