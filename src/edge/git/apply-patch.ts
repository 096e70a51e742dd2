import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ApplyFact, PathState } from '../../core/model/patch-trial.ts';
import type { FileMode } from '../../core/model/snapshot.ts';
import { couldNotWork, readFailures, readOffsets } from './apply-output.ts';
import { exitFailure } from './failure.ts';
import { runGit } from './git.ts';
import { readIndex, writeIndex } from './index-file.ts';
import type { IndexEntries, IndexEntry } from './index-file.ts';

/** A bare repository in which files may be left, blobs above all; somebody removes it in the end. */
export interface Workshop {
  readonly directory: string;
  readonly deadlineMs: number;
}

export interface Application {
  readonly fact: ApplyFact;
  /** The index afterwards; as it was, where the patch does not apply. */
  readonly entries: IndexEntries;
}

/** An index file, and what it holds. */
interface IndexOnDisk {
  readonly file: string;
  readonly entries: IndexEntries;
}

/** What git left is what the next patch is tried on, mostly: it need not be written again. */
const left = new WeakMap<Workshop, IndexOnDisk>();

/** Nobody else has it until it is put back. */
async function takeIndex(workshop: Workshop, entries: IndexEntries): Promise<IndexOnDisk> {
  const index = left.get(workshop);
  left.delete(workshop);
  if (index && sameEntries(index.entries, entries)) return index;
  const file = index?.file ?? join(workshop.directory, `index-${randomUUID()}`);
  await writeFile(file, writeIndex(entries));
  return { file, entries };
}

/**
 * One `git apply` on an index of its own. git is the law: no fuzz, no recount. There is no work tree, and
 * so there are no attributes either.
 */
export async function applyPatch(
  workshop: Workshop,
  patch: { readonly bytes: Uint8Array; readonly reverse?: boolean },
  entries: IndexEntries,
): Promise<Application> {
  const { directory, deadlineMs } = workshop;
  const index = await takeIndex(workshop, entries);
  const args = [
    'apply',
    '--cached',
    '-v',
    '--whitespace=nowarn',
    ...(patch.reverse === true ? ['--reverse'] : []),
  ];
  const { code, stderr } = await runGit(directory, args, {
    input: patch.bytes,
    variables: { GIT_INDEX_FILE: index.file },
    // What it makes is read again and then thrown away.
    config: { 'core.looseCompression': '0' },
    accept: [1, 128],
    deadlineMs,
  });
  // Of damaged binary data git says so, drops it with all that follows, and ends with 0.
  if (code === 0 && !/^error: /m.test(stderr)) {
    const after = readIndex(await readFile(index.file));
    const application = applied(entries, after, offsetsOf(stderr, patch.reverse === true));
    left.set(workshop, { file: index.file, entries: application.entries });
    return application;
  }
  if (code !== 0 && couldNotWork(stderr)) throw exitFailure('apply', code, stderr);
  // git writes an index only when all of the patch has found its place.
  if (code !== 0) left.set(workshop, index);
  return { fact: { ok: false, failures: readFailures(stderr) }, entries };
}

type Offsets = ReturnType<typeof readOffsets>;

/** In reverse git turns the sign round. */
function offsetsOf(stderr: string, reverse: boolean): Offsets {
  const offsets = readOffsets(stderr);
  return reverse ? offsets.map((offset) => ({ ...offset, lines: -offset.lines })) : offsets;
}

function applied(
  before: IndexEntries,
  after: IndexEntries | undefined,
  offsets: Offsets,
): Application {
  if (!after) throw exitFailure('apply', 0, 'fatal: index file of an unknown version');
  const changes = changesBetween(before, after);
  return { fact: { ok: true, offsets, changes }, entries: after };
}

/** Paths that are not the same in both, as they are in the second. */
export function changesBetween(before: IndexEntries, after: IndexEntries): readonly PathState[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths
    .filter((path) => !sameEntry(before.get(path), after.get(path)))
    .map((path) => stateOf(path, after.get(path)));
}

function sameEntries(a: IndexEntries, b: IndexEntries): boolean {
  return a.size === b.size && [...a].every(([path, entry]) => sameEntry(entry, b.get(path)));
}

export function sameEntry(a: IndexEntry | undefined, b: IndexEntry | undefined): boolean {
  return a?.mode === b?.mode && a?.object === b?.object;
}

/** Entries with some paths set to another state. */
export function withChanges(entries: IndexEntries, changes: readonly PathState[]): IndexEntries {
  const next = new Map(entries);
  for (const { path, blob, mode } of changes) {
    if (blob === undefined || mode === undefined) next.delete(path);
    else next.set(path, { mode: octalOf[mode], object: blob });
  }
  return next;
}

const octalOf: Readonly<Record<FileMode | 'gitlink', string>> = {
  file: '100644',
  executable: '100755',
  symlink: '120000',
  gitlink: '160000',
};

const modeOf = new Map(
  Object.entries(octalOf).map(([mode, octal]) => [octal, mode as FileMode | 'gitlink'] as const),
);

export function stateOf(path: string, entry: IndexEntry | undefined): PathState {
  const mode = modeOf.get(entry?.mode ?? '');
  return entry && mode ? { path, blob: entry.object, mode } : { path };
}
