import type { PatchOrigins } from '../../core/model/conflict-origin.ts';
import type {
  ApplyFact,
  HistoryMatch,
  PathState,
  ThreeWayFact,
} from '../../core/model/patch-trial.ts';
import { applyHere } from './apply-here.ts';
import { stateOf, withChanges } from './apply-patch.ts';
import type { IndexEntries } from './index-file.ts';
import { findOrigins } from './line-history.ts';
import type { OriginRequest } from './line-history.ts';
import { objectId, refName } from './names.ts';
import { rememberedHistory } from './history-memo.ts';
import { createLeanHeap } from './lean-heap.ts';
import { createLandmarks } from './landmarks.ts';
import type { Landmarks } from './landmarks.ts';
import { openPatchHistory } from './patch-history.ts';
import { createOwnTrials } from './own-trials.ts';
import { createPlaces } from './place.ts';
import type { Places, PlacesOptions } from './place.ts';
import { diffAsPatch, diffTexts } from './patch-diff.ts';
import { bringBlobs, createEntriesReader } from './source-entries.ts';
import type { EntriesReader, EntriesTarget, SourceEntries } from './source-entries.ts';
import { createHistories } from './repository-history.ts';
import type { RepositoryHistories } from './repository-history.ts';
import { openShelf } from './shelf.ts';
import type { Shelf } from './shelf.ts';
import { mergePatch } from './three-way.ts';
import { blobsOf, createAnswers } from './trial-answers.ts';
import type { TrialAnswers } from './trial-answers.ts';
import { createBooksOf } from './trial-books.ts';
import type { TrialBooks } from './trial-books.ts';
import { createTrialMemo } from './trial-memo.ts';
import type { TrialPatch } from './trial-patch.ts';

/** One component at one commit. */
interface TrialTarget extends EntriesTarget {
  /** All that any patch of the queue touches, old names and new ones. Nothing else is fetched. */
  readonly paths: readonly string[];
  /** When the patches of the queue were written, as they say: histories are fetched for all of them at once. */
  readonly written?: readonly (string | undefined)[];
}

/** What stands at some paths, twice. A path that is not named has nothing. */
interface PathStates {
  readonly before: readonly PathState[];
  readonly after: readonly PathState[];
}

/** A source on which the patches of a queue are tried, each on what those before it left. */
export interface TrialSource {
  /** What stands at some paths now. */
  states(paths: readonly string[]): readonly PathState[];
  /** Tries a patch. The source stays as it is until `advance`. */
  apply(patch: TrialPatch): Promise<ApplyFact>;
  /** Tries to take a patch back. */
  reverse(patch: TrialPatch): Promise<ApplyFact>;
  /** Merges the patch's change into the source. */
  threeWay(patch: TrialPatch): Promise<ThreeWayFact>;
  /** Makes changes that `apply` or `threeWay` gave the source of the patches that follow. */
  advance(changes: readonly PathState[]): void;
  /** Commits of the source that may be the patch's change. */
  history(patch: TrialPatch): Promise<readonly HistoryMatch[]>;
  /** What turns one state of the patch's paths into the other, written as the patch is. */
  diff(patch: TrialPatch, states: PathStates): Promise<Uint8Array>;
  /** What differs between two texts, as hunks. */
  compare(before: Uint8Array, after: Uint8Array): Promise<Uint8Array>;
  /** Contents by blob id, also of blobs that a fact of this source named. */
  readBlobs(blobs: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
  close(): Promise<void>;
}

/** Tries patches on sources. Every rejection is a `WorldError`; a patch that fails is a fact. */
export interface PatchTrials {
  open(target: TrialTarget): Promise<TrialSource>;
  /**
   * What happened to places of patches that do not fit, for each patch in its order; `undefined` where it
   * cannot be found out. It is the one thing here that does not reject when the world fails.
   */
  origins(request: OriginRequest): Promise<readonly (PatchOrigins | undefined)[]>;
}

/** Trials whose cache is below `cacheDir`, to be shared with other processes. */
export function createPatchTrials(options: PlacesOptions): PatchTrials {
  const places = createPlaces(options);
  const memo = createTrialMemo(options.cacheDir);
  const landmarks = createLandmarks(places);
  const histories = createHistories(places);
  const sources = createEntriesReader(places, memo);
  const booksOf = createBooksOf(memo);
  const noteRepository = createLeanHeap();
  return {
    open: async (target) => {
      const { commit, ref } = target;
      const checked = { ...target, commit: objectId(commit), ref: refName(ref) };
      const books = booksOf(target.url);
      noteRepository(target.url);
      return openSource({ places, books, landmarks, histories, sources, target: checked });
    },
    origins: async ({ target, questions }) => {
      const checked = { ...target, commit: objectId(target.commit), ref: refName(target.ref) };
      const search = { places, landmarks, memo, budgetMs: options.deadlineMs };
      return findOrigins(search, { target: checked, questions });
    },
  };
}

interface Bench {
  readonly places: Places;
  readonly books: TrialBooks;
  readonly landmarks: Landmarks;
  readonly histories: RepositoryHistories;
  readonly sources: EntriesReader;
  readonly target: TrialTarget;
}

async function openSource(bench: Bench): Promise<TrialSource> {
  const { places, books, sources, target } = bench;
  const start = await sources.read(target);
  books.open();
  let { entries } = start;
  let shelf: Promise<Shelf> | undefined;
  /** In the order of the queue, whatever became of them: a patch may have been made on top of any. */
  const tried = new Set<TrialPatch>();
  const past = openPatchHistory(bench, target, target.written);
  const answers = createAnswers(books, () => (shelf ??= fillShelf(bench, start)));
  /** What fails here is about the source too. */
  function inWords<T>(work: () => Promise<T>): Promise<T> {
    return places.without(target.url, work);
  }
  const ownTrials = createOwnTrials(start.files);
  function tryOut(patch: TrialPatch, reverse: boolean): Promise<ApplyFact> {
    const question = { kind: reverse ? 'reverse' : 'apply', patch, entries } as const;
    return inWords(() =>
      answers.ask<ApplyFact>(question, {
        own: () => ownTrials.apply({ patch, reverse, entries: question.entries }),
        // Also where only a merge made the blobs: then they are there, and nowhere else.
        git: async (at) => (await applyHere(at, { patch, reverse }, question.entries)).fact,
      }),
    );
  }
  return {
    ...readingFrom(answers, inWords),
    states: (paths) => paths.map((path) => stateOf(path, entries.get(path))),
    apply: (patch) => {
      tried.add(patch);
      return tryOut(patch, false);
    },
    reverse: (patch) => tryOut(patch, true),
    threeWay: (patch) => {
      const earlier = [...tried].filter((one) => one !== patch);
      const question = { kind: 'three-way', patch, entries, earlier } as const;
      return inWords(() =>
        answers.ask(question, {
          git: (at) => mergePatch(places, at, { ...target, ...question }),
        }),
      );
    },
    advance: (changes) => {
      entries = withChanges(entries, changes);
    },
    history: (patch) =>
      inWords(() =>
        rememberedHistory(books, { commit: target.commit, patch }, () => past.find(patch)),
      ),
    close: async () => {
      past.close();
      await Promise.allSettled([shelf?.then((opened) => opened.close()), books.close()]);
    },
  };
}

/** What does not depend on where in the queue one is. */
function readingFrom(
  answers: TrialAnswers<Shelf>,
  inWords: <T>(work: () => Promise<T>) => Promise<T>,
): Pick<TrialSource, 'diff' | 'compare' | 'readBlobs'> {
  return {
    diff: (patch, { before, after }) =>
      inWords(async () => {
        const states = { before: entriesOf(before), after: entriesOf(after) };
        const shelf = await answers.shopWith(blobsOf([...before, ...after]));
        return diffAsPatch(await shelf.workshop(), patch, states);
      }),
    compare: (before, after) =>
      inWords(async () => {
        const shelf = await answers.shopWith([]);
        return diffTexts(await shelf.workshop(), before, after);
      }),
    readBlobs: (blobs) => inWords(async () => (await answers.shopWith(blobs)).read(blobs)),
  };
}

function entriesOf(states: readonly PathState[]): IndexEntries {
  return withChanges(new Map(), states);
}

/** The blobs of the touched paths in one request. */
async function fillShelf(
  { places, target }: Bench,
  { entries, hasBlobs, files }: SourceEntries,
): Promise<Shelf> {
  return places.at('files', target.url, async (place) => {
    if (!hasBlobs) await bringBlobs(place, target.ref, [entries]);
    return openShelf(place, files);
  });
}
