import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WorldError } from '../../core/model/failures.ts';
import type { ApplyFact, PathState } from '../../core/model/patch-trial.ts';
import type { FileEdit, SnapshotFile } from '../../core/model/snapshot.ts';
import { applyPatch, changesBetween, withChanges } from './apply-patch.ts';
import type { Workshop } from './apply-patch.ts';
import { runGit } from './git.ts';
import { writeIndex } from './index-file.ts';
import type { IndexEntries, IndexEntry } from './index-file.ts';
import { writeBlob } from './write-blob.ts';
import { readObjects } from './objects.ts';
import type { PlacesOptions } from './place.ts';
import { ensureStore, openOverlay, sweepScratch } from './store.ts';

/** Files as git sees them, by path. To those outside it means nothing by itself. */
export type BenchState = IndexEntries;

interface BenchResult {
  readonly fact: ApplyFact;
  /** As it was, where the patch does not apply. */
  readonly state: BenchState;
}

/**
 * A place of its own in which patches are applied to files that are on no one's disk: no work tree, no
 * repository around it, no attributes, no filters. Every rejection is a `WorldError`.
 */
export interface PatchBench {
  /** Puts files on the bench, byte for byte. */
  take(files: ReadonlyMap<string, SnapshotFile>): Promise<BenchState>;
  /** Only patches that core/decide/patch-safety.ts has let pass. */
  apply(
    state: BenchState,
    patch: { readonly bytes: Uint8Array; readonly reverse?: boolean },
  ): Promise<BenchResult>;
  /** Paths at which there is a symbolic link. */
  links(state: BenchState): ReadonlySet<string>;
  /** What has to be written to a folder in the first state to bring it into the second. */
  edits(before: BenchState, after: BenchState): Promise<readonly FileEdit[]>;
  /** The id that git gives the tree of these files. */
  tree(state: BenchState): Promise<string>;
  close(): Promise<void>;
}

/** Opens a bench below the cache folder. It needs no network. */
export function openPatchBench({ cacheDir, deadlineMs }: PlacesOptions): Promise<PatchBench> {
  return inWords(async () => {
    const folder = join(cacheDir, 'git');
    await sweepScratch(folder);
    // A scratch repository stands on a store. This one stays empty.
    const store = join(folder, 'nothing.git');
    await ensureStore(store);
    const scratch = await openOverlay(store);
    const shop = { directory: scratch.directory, deadlineMs };
    return {
      take: (files) => inWords(() => take(shop, files)),
      apply: (state, patch) =>
        inWords(async () => {
          const { fact, entries } = await applyPatch(shop, patch, state);
          return { fact, state: entries };
        }),
      links: (state) =>
        new Set([...state].flatMap(([path, entry]) => (isLink(entry) ? [path] : []))),
      edits: (before, after) => inWords(() => editsFor(shop, changesBetween(before, after))),
      tree: (state) => inWords(() => writeTree(shop, state)),
      close: () => scratch.close(),
    };
  });
}

async function take(
  { directory }: Workshop,
  files: ReadonlyMap<string, SnapshotFile>,
): Promise<BenchState> {
  const states: PathState[] = [];
  for (const [path, { mode, bytes }] of files) {
    states.push({ path, mode, blob: await writeBlob(directory, bytes) });
  }
  return withChanges(new Map(), states);
}

async function editsFor(
  shop: Workshop,
  changes: readonly PathState[],
): Promise<readonly FileEdit[]> {
  const contents = await readObjects(
    shop,
    changes.flatMap(({ blob }) => blob ?? []),
  );
  return changes.map(({ path, blob, mode }) => {
    if (blob === undefined) return { path, text: undefined };
    const bytes = contents.get(blob)?.bytes;
    if (!bytes || mode === undefined || mode === 'gitlink')
      throw new Error(`no content of ${path}`);
    return { path, text: bytes, mode };
  });
}

function isLink({ mode }: IndexEntry): boolean {
  return mode === '120000';
}

async function writeTree({ directory, deadlineMs }: Workshop, state: BenchState): Promise<string> {
  const index = join(directory, `index-${randomUUID()}`);
  await writeFile(index, writeIndex(state));
  try {
    const variables = { GIT_INDEX_FILE: index };
    const { stdout } = await runGit(directory, ['write-tree'], { variables, deadlineMs });
    return stdout.toString('latin1').trim();
  } finally {
    await rm(index, { force: true });
  }
}

async function inWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error)) throw error;
    throw new WorldError(
      `the cache failed: ${error.message}`,
      'see that the cache folder can be written and that the disk is not full',
    );
  }
}
