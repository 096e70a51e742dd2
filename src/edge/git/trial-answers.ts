import { hash } from 'node:crypto';
import type { ApplyFact, PathState, ThreeWayFact } from '../../core/model/patch-trial.ts';
import type { IndexEntries, IndexEntry } from './index-file.ts';
import { createReplays } from './replays.ts';
import type { TrialBooks } from './trial-books.ts';
import { pathsAround } from './paths-around.ts';
import { digestOf, patchPaths } from './trial-patch.ts';
import type { TrialPatch } from './trial-patch.ts';

interface TrialQuestion {
  readonly kind: 'apply' | 'reverse' | 'three-way';
  readonly patch: TrialPatch;
  readonly entries: IndexEntries;
  /** Patches that had their turn before, where the answer may depend on them. */
  readonly earlier?: readonly TrialPatch[];
}

/** What was found out without git: a fact, and how to have what it made where git can see it. */
export interface OwnAnswer<Shop, T> {
  readonly fact: T;
  keep(shop: Shop): Promise<unknown>;
}

/** How a question is answered that is new. */
interface Ways<Shop, T> {
  /** `undefined` where git has to say it. */
  readonly own?: () => Promise<OwnAnswer<Shop, T> | undefined>;
  readonly git: (shop: Shop) => Promise<T>;
}

/** Facts about patches, asked only once for the same bytes on the same blobs. */
export interface TrialAnswers<Shop> {
  ask<T extends ApplyFact | ThreeWayFact>(question: TrialQuestion, ways: Ways<Shop, T>): Promise<T>;
  /** Where some blobs are, also those that a fact named. */
  shopWith(blobs: readonly string[]): Promise<Shop>;
}

/** `open` is called each time that git has to work. */
export function createAnswers<Shop>(
  books: TrialBooks,
  open: () => Promise<Shop>,
): TrialAnswers<Shop> {
  const replays = createReplays();
  async function shopWith(blobs: readonly string[]): Promise<Shop> {
    const shop = await open();
    await replays.keep(blobs);
    return shop;
  }
  return {
    shopWith,
    ask: async <T extends ApplyFact | ThreeWayFact>(
      question: TrialQuestion,
      { own, git }: Ways<Shop, T>,
    ) => {
      const { kind, patch, entries } = question;
      const seen = seenBy(patch, entries);
      const blobs = seen.map(([, { object }]) => object);
      const [digest, name] = [digestOf(patch), nameOf(question, seen)];
      async function work(): Promise<T> {
        return git(await shopWith(blobs));
      }
      const known = books.recall(digest, name) as T | undefined;
      if (known) {
        // Nothing builds upon a patch taken back.
        if (kind !== 'reverse') replays.promise(madeBy(known), blobs, work);
        return known;
      }
      const answer = await own?.();
      const fact = answer?.fact ?? (await work());
      if (answer && kind !== 'reverse') {
        replays.promise(madeBy(fact), blobs, async () => answer.keep(await open()));
      }
      const mayChange = 'kind' in fact && fact.kind === 'base-unknown';
      if (!mayChange) books.record(digest, name, fact);
      return fact;
    },
  };
}

type Seen = readonly (readonly [name: string, entry: IndexEntry])[];

function nameOf({ kind, earlier = [] }: TrialQuestion, seen: Seen): string {
  const states = seen.map(([name, { mode, object }]) => [name, mode, object]);
  const words = JSON.stringify([kind, states, earlier.map(digestOf)]);
  return hash('sha256', words);
}

/** All of the source that git can see of a patch's paths, in a fixed order. */
function seenBy(patch: TrialPatch, entries: IndexEntries): Seen {
  const paths = new Set(patchPaths(patch));
  const isAround = pathsAround([...paths]);
  const seen = [...entries].filter(([name]) => paths.has(name) || isAround(name));
  return seen.sort(([a], [b]) => (a < b ? -1 : 1));
}

function madeBy(fact: ApplyFact | ThreeWayFact): readonly string[] {
  return 'changes' in fact ? blobsOf(fact.changes) : [];
}

export function blobsOf(states: readonly PathState[]): readonly string[] {
  return states.flatMap(({ blob }) => blob ?? []);
}
