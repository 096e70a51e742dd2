import { createHash } from 'node:crypto';
import type { ApplyFact, PathState, ThreeWayFact } from '../../core/model/patch-trial.ts';
import type { IndexEntries, IndexEntry } from './index-file.ts';
import { createReplays } from './replays.ts';
import type { TrialBooks } from './trial-books.ts';
import { digestOf, patchPaths } from './trial-patch.ts';
import type { TrialPatch } from './trial-patch.ts';

interface TrialQuestion {
  readonly kind: 'apply' | 'reverse' | 'three-way';
  readonly patch: TrialPatch;
  readonly entries: IndexEntries;
}

/** Facts about patches, asked of git only once for the same bytes on the same blobs. */
export interface TrialAnswers<Shop> {
  ask<T extends ApplyFact | ThreeWayFact>(
    question: TrialQuestion,
    answer: (shop: Shop) => Promise<T>,
  ): Promise<T>;
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
      { kind, patch, entries }: TrialQuestion,
      answer: (shop: Shop) => Promise<T>,
    ) => {
      const seen = seenBy(patch, entries);
      const blobs = seen.map(([, { object }]) => object);
      const [digest, name] = [digestOf(patch), nameOf(kind, seen)];
      async function work(): Promise<T> {
        return answer(await shopWith(blobs));
      }
      const known = await books.recall<T>(digest, name);
      if (known) {
        // Nothing builds upon a patch taken back.
        if (kind !== 'reverse') replays.promise(madeBy(known), blobs, work);
        return known;
      }
      const fact = await work();
      const mayChange = 'kind' in fact && fact.kind === 'base-unknown';
      if (!mayChange) books.record(digest, name, fact);
      return fact;
    },
  };
}

type Seen = readonly (readonly [name: string, entry: IndexEntry])[];

function nameOf(kind: TrialQuestion['kind'], seen: Seen): string {
  const states = seen.map(([name, { mode, object }]) => [name, mode, object]);
  return createHash('sha256')
    .update(JSON.stringify([kind, states]))
    .digest('hex');
}

/** All of the source that git can see of a patch's paths, in a fixed order. */
function seenBy(patch: TrialPatch, entries: IndexEntries): Seen {
  const paths = patchPaths(patch);
  const seen = [...entries].filter(([name]) =>
    paths.some(
      (path) => path === name || path.startsWith(`${name}/`) || name.startsWith(`${path}/`),
    ),
  );
  return seen.sort(([a], [b]) => (a < b ? -1 : 1));
}

function madeBy(fact: ApplyFact | ThreeWayFact): readonly string[] {
  return 'changes' in fact ? blobsOf(fact.changes) : [];
}

export function blobsOf(states: readonly PathState[]): readonly string[] {
  return states.flatMap(({ blob }) => blob ?? []);
}
