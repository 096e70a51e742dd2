import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sameEntry } from './apply-patch.ts';
import { exitFailure } from './failure.ts';
import { runGit } from './git.ts';
import type { IndexEntries, IndexEntry } from './index-file.ts';
import { blobId } from './own-apply.ts';
import { movesOf, otherPaths } from './path-moves.ts';
import type { PathMove } from './path-moves.ts';
import type { Shelf } from './shelf.ts';
import { pathsOf } from '../../core/model/patch-content.ts';
import type { PatchedFile } from '../../core/model/patch-content.ts';

/** The three sides of a merge, touched paths only: before the patch, after it, and the source. */
export interface Sides {
  readonly base: IndexEntries;
  readonly ours: IndexEntries;
  readonly theirs: IndexEntries;
}

export interface Merged {
  readonly entries: IndexEntries;
  readonly conflicts: readonly string[];
}

/**
 * Merges path by path, as `git apply --3way` and `git am -3` do; contents as `git merge-file` does, which is
 * the very merge of both (`merge-tree` compares with another algorithm and can come to another result).
 * A rename is what the patch says it is: renames that only the source made are not followed.
 */
export async function mergeEntries(
  shelf: Shelf,
  sides: Sides,
  files: readonly PatchedFile[],
): Promise<Merged> {
  const entries = new Map(sides.ours);
  const conflicts: string[] = [];
  for (const pair of pairsOf(files)) {
    const { from, to, change } = pair;
    const merged = await mergePair(shelf, sides, pair);
    if (merged === 'conflict') conflicts.push(to);
    else {
      if (change === 'rename') entries.delete(from);
      if (merged) entries.set(to, merged);
      else entries.delete(to);
    }
  }
  return { entries, conflicts };
}

interface Pair {
  readonly change: PathMove['change'] | 'none';
  readonly from: string;
  readonly to: string;
}

/** Each path once; both of a move together. A copy is made of what the source has, as `git apply` makes it. */
function pairsOf(files: readonly PatchedFile[]): readonly Pair[] {
  const moves = movesOf(files);
  const single = otherPaths([...new Set(files.flatMap(pathsOf))], moves);
  return [...moves, ...single.map((path) => ({ change: 'none' as const, from: path, to: path }))];
}

type Outcome = IndexEntry | undefined | 'conflict';

async function mergePair(shelf: Shelf, sides: Sides, pair: Pair): Promise<Outcome> {
  const { change, from, to } = pair;
  const ours = sourceSide(sides.ours, pair);
  if (ours === 'conflict') return 'conflict';
  if (change === 'copy' && sides.ours.has(to)) return copyThere(shelf, sides, pair);
  const base = sides.base.get(from);
  const theirs = sides.theirs.get(to);
  if (change === 'none' && sameEntry(base, theirs)) return ours;
  if (sameEntry(ours, base) || sameEntry(ours, theirs)) return theirs;
  return mergeThree(shelf, { base, ours, theirs });
}

/** The source's file, which is at the new name where the source has made the same rename. */
function sourceSide(entries: IndexEntries, { change, from, to }: Pair): Outcome {
  const [here, there] = [entries.get(from), entries.get(to)];
  if (inTheWay(entries, to)) return 'conflict';
  if (change !== 'rename') return here;
  // A source that has both names has made something else of the new one.
  return here && there ? 'conflict' : (here ?? there);
}

/** The source has the file already: the same, or something else of that name. */
async function copyThere(
  shelf: Shelf,
  { base, ours, theirs }: Sides,
  { from, to }: Pair,
): Promise<Outcome> {
  const [here, there, copy] = [ours.get(from), ours.get(to), theirs.get(to)];
  if (sameEntry(there, copy)) return there;
  const merged = await mergeThree(shelf, { base: base.get(from), ours: here, theirs: copy });
  return merged !== 'conflict' && sameEntry(merged, there) ? there : 'conflict';
}

/** A file where the path wants a folder, or a folder where it wants a file. */
function inTheWay(entries: IndexEntries, path: string): boolean {
  if (entries.has(path)) return false;
  return [...entries.keys()].some(
    (other) => other.startsWith(`${path}/`) || path.startsWith(`${other}/`),
  );
}

type Three = Readonly<Record<'base' | 'ours' | 'theirs', IndexEntry>>;

async function mergeThree(
  shelf: Shelf,
  { base, ours, theirs }: Partial<Record<keyof Three, IndexEntry | undefined>>,
): Promise<Outcome> {
  if (!base || !ours || !theirs) return 'conflict';
  const three = { base, ours, theirs };
  const mode = trivial(base.mode, ours.mode, theirs.mode);
  const object =
    trivial(base.object, ours.object, theirs.object) ??
    (Object.values(three).every(({ mode: each }: IndexEntry) => each.startsWith('100'))
      ? await mergeContents(shelf, three)
      : undefined);
  return mode === undefined || object === undefined ? 'conflict' : { mode, object };
}

function trivial(base: string, ours: string, theirs: string): string | undefined {
  if (ours === theirs || base === theirs) return ours;
  return base === ours ? theirs : undefined;
}

/** The id of the merged blob; `undefined` where the two changes are in each other's way. */
async function mergeContents(shelf: Shelf, three: Three): Promise<string | undefined> {
  const ids = [three.ours, three.base, three.theirs].map(({ object }) => object);
  const contents = await shelf.read(ids);
  const [ours, base, theirs] = ids.map((id) => contents.get(id) ?? missing(id));
  if (!ours || !base || !theirs) return undefined;
  const merged = await mergeTexts(shelf, { ours, base, theirs });
  if (merged === 'conflict') return undefined;
  const id = blobId([merged]);
  await shelf.put(id, merged);
  return id;
}

function missing(id: string): never {
  throw exitFailure('merge-file', 1, `fatal: missing blob ${id}`);
}

/** The sides of a merge. */
interface Texts {
  readonly base: Buffer;
  readonly ours: Buffer;
  readonly theirs: Buffer;
}

async function mergeTexts(
  shelf: Shelf,
  { ours, base, theirs }: Texts,
): Promise<Buffer | 'conflict'> {
  const { directory, deadlineMs } = await shelf.workshop();
  const folder = join(directory, `merge-${randomUUID()}`);
  await mkdir(folder);
  try {
    const names = ['ours', 'base', 'theirs'].map((name) => join(folder, name));
    for (const [index, bytes] of [ours, base, theirs].entries()) {
      await writeFile(names[index] ?? '', bytes);
    }
    // The exit code is the number of conflicts; 255 stands for binary files and for failures.
    const accept = Array.from({ length: 255 }, (_, index) => index + 1);
    const args = ['merge-file', '-p', ...names];
    const { code, stdout } = await runGit(directory, args, { accept, deadlineMs });
    return code === 0 ? stdout : 'conflict';
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
