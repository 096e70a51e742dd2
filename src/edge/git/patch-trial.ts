import { createHash } from 'node:crypto';
import type {
  ApplyFact,
  HistoryMatch,
  PathState,
  ThreeWayFact,
} from '../../core/model/patch-trial.ts';
import { applyPatch, changesBetween, stateOf, withChanges } from './apply-patch.ts';
import { commitAt, fetchBlobs } from './fetch-files.ts';
import type { IndexEntries } from './index-file.ts';
import { mergeEntries } from './merge-entries.ts';
import { objectId, refName } from './names.ts';
import { missingObjects, readObjects } from './objects.ts';
import { openPatchHistory } from './patch-history.ts';
import type { PatchHistory } from './patch-history.ts';
import { entriesAt, entriesSurelyAt } from './path-entries.ts';
import { createPlaces } from './place.ts';
import type { Place, Places, PlacesOptions } from './place.ts';
import { findPreImages } from './pre-images.ts';
import { openOverlay } from './store.ts';
import type { Scratch } from './store.ts';
import { createTrialMemo } from './trial-memo.ts';
import type { TrialMemo } from './trial-memo.ts';
import { patchPaths } from './trial-patch.ts';
import type { TrialPatch } from './trial-patch.ts';

/** One component at one commit. */
interface TrialTarget {
  readonly url: string;
  /** Full name of a ref that contains the commit. */
  readonly ref: string;
  readonly commit: string;
  /** All that any patch of the queue touches, old names and new ones. Nothing else is fetched. */
  readonly paths: readonly string[];
  /** Tags of the series before: changes that they contain are not looked for in the history. */
  readonly sinceTags?: readonly string[];
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
  /** Contents by blob id, also of blobs that a fact of this source named. */
  readBlobs(blobs: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
  close(): Promise<void>;
}

/** Tries patches on sources. Every rejection is a `WorldError`; a patch that fails is a fact. */
export interface PatchTrials {
  open(target: TrialTarget): Promise<TrialSource>;
}

/** Trials whose cache is below `cacheDir`, to be shared with other processes. */
export function createPatchTrials(options: PlacesOptions): PatchTrials {
  const places = createPlaces(options);
  const memo = createTrialMemo(options.cacheDir);
  return {
    open: async (target) => {
      const { commit, ref } = target;
      const checked = { ...target, commit: objectId(commit), ref: refName(ref) };
      return openSource({ places, memo, target: checked });
    },
  };
}

interface Bench {
  readonly places: Places;
  readonly memo: TrialMemo;
  readonly target: TrialTarget;
}

/** Where git works: the store's objects, and what the trial itself makes. */
interface Shop extends Scratch {
  readonly deadlineMs: number;
}

async function openSource(bench: Bench): Promise<TrialSource> {
  const { places, memo, target } = bench;
  let entries = await readEntries(bench);
  const start = entries;
  let shop: Promise<Shop> | undefined;
  let past: Promise<PatchHistory> | undefined;
  /** Results that the memo gave: made once more when git is to build upon them. */
  let replays: (() => Promise<unknown>)[] = [];

  async function workshop(): Promise<Shop> {
    shop ??= openShop(bench, start);
    const opened = await shop;
    const due = replays;
    replays = [];
    for (const replay of due) await replay();
    return opened;
  }
  /** Asks git only for what was never asked about these bytes on these blobs. */
  async function ask<T extends ApplyFact | ThreeWayFact>(
    question: string,
    patch: TrialPatch,
    answer: (entries: IndexEntries) => Promise<T>,
  ): Promise<T> {
    const now = entries;
    const key = keyOf(question, patch, now);
    const known = await memo.remembered<T>(key);
    if (known) {
      if (question !== 'reverse') replays.push(() => answer(now));
      return known;
    }
    const fact = await answer(now);
    const mayChange = 'kind' in fact && fact.kind === 'base-unknown';
    if (!mayChange) await memo.remember(key, fact);
    return fact;
  }
  return {
    states: (paths) => paths.map((path) => stateOf(path, entries.get(path))),
    apply: (patch) =>
      ask('apply', patch, async (now) => (await applyPatch(await workshop(), patch, now)).fact),
    reverse: (patch) =>
      ask('reverse', patch, async (now) => {
        const reverse = { bytes: patch.bytes, reverse: true };
        return (await applyPatch(await workshop(), reverse, now)).fact;
      }),
    threeWay: (patch) =>
      ask('three-way', patch, async (now) => merge(bench, await workshop(), { patch, now })),
    advance: (changes) => {
      entries = withChanges(entries, changes);
    },
    history: async (patch) => {
      past ??= openPatchHistory(places, { sinceTags: [], ...target });
      return (await past).find(patch);
    },
    readBlobs: async (blobs) => {
      const objects = await readObjects(await workshop(), blobs);
      return new Map([...objects].map(([id, { bytes }]) => [id, bytes] as const));
    },
    close: async () => {
      await Promise.allSettled([shop, past].map(async (opened) => (await opened)?.close()));
    },
  };
}

/** A patch and all of the source that git can see of its paths. */
function keyOf(question: string, patch: TrialPatch, entries: IndexEntries): readonly unknown[] {
  const paths = patchPaths(patch);
  const seen = [...entries].filter(([name]) =>
    paths.some(
      (path) => path === name || path.startsWith(`${name}/`) || name.startsWith(`${path}/`),
    ),
  );
  const states = seen.map(([name, { mode, object }]) => [name, mode, object]).sort();
  return [question, createHash('sha256').update(patch.bytes).digest('hex'), states];
}

/** A commit's trees never change, so what was read once is read from the memo. */
async function readEntries({ places, memo, target }: Bench): Promise<IndexEntries> {
  const { url, commit, ref } = target;
  const paths = [...new Set(target.paths)].sort();
  const key = ['entries', commit, paths];
  const known = await memo.remembered<readonly [string, string, string][]>(key);
  if (known) return new Map(known.map(([path, mode, object]) => [path, { mode, object }]));
  const entries = await places.at('files', url, (place) =>
    commitAt(place, { commit, ref }, (sure) =>
      (sure ? entriesSurelyAt : entriesAt)(place, commit, paths),
    ),
  );
  await memo.remember(
    key,
    [...entries].map(([path, { mode, object }]) => [path, mode, object]),
  );
  return entries;
}

/** The blobs of the touched paths in one request, and a repository to work in. */
async function openShop({ places, target }: Bench, entries: IndexEntries): Promise<Shop> {
  return places.at('files', target.url, async (place) => {
    await bringBlobs(place, target.ref, entries);
    return { ...(await openOverlay(place.directory)), deadlineMs: place.deadlineMs };
  });
}

async function bringBlobs(place: Place, ref: string, entries: IndexEntries): Promise<void> {
  const blobs = [...entries.values()].filter(({ mode }) => mode !== '160000');
  const ids = [...new Set(blobs.map(({ object }) => object))];
  const wants = await missingObjects(
    place,
    ids.filter((id) => id !== emptyBlob),
  );
  if (wants.length === 0) return;
  await fetchBlobs(
    place,
    { ref, wants },
    async () => (await missingObjects(place, wants)).length === 0,
  );
}

/** git has it without a file. */
const emptyBlob = 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391';

async function merge(
  { places, target }: Bench,
  shop: Shop,
  { patch, now }: { readonly patch: TrialPatch; readonly now: IndexEntries },
): Promise<ThreeWayFact> {
  const { url, ref } = target;
  const base = await findPreImages(places, { url, ref, patch, current: now });
  if (base.unknown.length > 0) return { kind: 'base-unknown', blobs: base.unknown };
  await places.at('files', url, (place) => bringBlobs(place, ref, base.entries));
  const after = await applyPatch(shop, patch, base.entries);
  if (!after.fact.ok) {
    const paths = after.fact.failures.map(({ path }) => path).filter((path) => path !== '');
    return { kind: 'conflict', paths: [...new Set(paths)] };
  }
  const sides = { base: base.entries, ours: now, theirs: after.entries };
  const merged = await mergeEntries(shop, sides, patch.files);
  if (merged.conflicts.length > 0) return { kind: 'conflict', paths: merged.conflicts };
  const changes = changesBetween(now, merged.entries);
  return changes.length === 0 ? { kind: 'no-op' } : { kind: 'clean', changes };
}
