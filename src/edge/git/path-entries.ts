import { exitFailure } from './failure.ts';
import { runGit } from './git.ts';
import type { IndexEntries, IndexEntry } from './index-file.ts';
import { emptyBlob } from './objects-here.ts';
import type { ReadPlace } from './objects.ts';
import { lookUp, parseTree, splitPath, treeMode, treesHere } from './trees-here.ts';
import type { Tree, Trees, TreesQuestion } from './trees-here.ts';

/** Some paths of one revision. */
export interface EntriesQuestion {
  readonly revision: string;
  readonly paths: readonly string[];
}

/**
 * What a revision has at some paths: entries by path, also of a file or symlink that stands where a path
 * wants a folder, and of one name inside a folder that stands where a path wants a file. `undefined` where
 * the revision or one of its trees is not here.
 */
export async function entriesAt(
  place: ReadPlace,
  revision: string,
  paths: readonly string[],
): Promise<IndexEntries | undefined> {
  return (await entriesOfAll(place, [{ revision, paths }]))[0];
}

/** The same for several revisions at once, in their order. */
export async function entriesOfAll(
  place: ReadPlace,
  questions: readonly EntriesQuestion[],
): Promise<readonly (IndexEntries | undefined)[]> {
  const asked = questions.map(({ revision, paths }) => {
    const wanted = paths.filter(isPlain);
    return { revision, wanted, folders: [...wantedNames(wanted)] };
  });
  const here = treesHere(place.directory, asked);
  const unsure = asked.filter((one) => !here.has(one));
  const known = new Map([...here, ...(await treesByGit(place, unsure))]);
  return asked.map((one) => {
    const trees = known.get(one);
    return trees && complete(trees) ? collect(trees, one.wanted) : undefined;
  });
}

interface Asked extends TreesQuestion {
  readonly wanted: readonly string[];
}

async function treesByGit(
  place: ReadPlace,
  asked: readonly Asked[],
): Promise<ReadonlyMap<Asked, Trees>> {
  if (asked.length === 0) return new Map();
  const input = asked.flatMap(({ revision, folders }) =>
    folders.map(([folder]) => `${revision}:${folder}\n`),
  );
  const { stdout } = await runGit(place.directory, ['cat-file', '--batch', '--buffer'], {
    input: input.join(''),
    ...(place.deadlineMs !== undefined && { deadlineMs: place.deadlineMs }),
  });
  const names = asked.flatMap(({ folders }) => folders.map(([, wanted]) => wanted));
  const answers = parseAnswers(stdout, names);
  let at = 0;
  const trees = asked.map((one) => {
    const own = one.folders.map(([folder], index) => [folder, answers[at + index]] as const);
    at += own.length;
    return [one, new Map(own)] as const;
  });
  return new Map(trees);
}

/** The same, for a store that must have it. */
export async function entriesSurelyAt(
  place: ReadPlace,
  revision: string,
  paths: readonly string[],
): Promise<IndexEntries> {
  const entries = await entriesAt(place, revision, paths);
  if (entries) return entries;
  throw exitFailure('cat-file', 1, `fatal: missing tree of ${revision}`);
}

/** A name that a tree can have, and that is one line of git's input. */
function isPlain(path: string): boolean {
  const bad = path.split('/').some((step) => step === '' || step === '.' || step === '..');
  return !bad && !/[\n\0]/.test(path);
}

/** `a/b` and `a` for `a/b/c`. */
function foldersOf(path: string): readonly string[] {
  const steps = path.split('/');
  return steps.slice(1).map((_, index) => steps.slice(0, index + 1).join('/'));
}

/** For each folder the names in it that are of interest; the root is the folder ''. */
function wantedNames(paths: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const wanted = new Map([['', new Set<string>()]]);
  for (const path of paths.flatMap((one) => [...foldersOf(one), one])) {
    const { folder, name } = splitPath(path);
    wanted.set(folder, (wanted.get(folder) ?? new Set()).add(name));
  }
  return wanted;
}

/** In the order of the questions; `undefined` for what is not here or is no tree. */
function parseAnswers(
  output: Buffer,
  names: readonly ReadonlySet<string>[],
): readonly (Tree | undefined)[] {
  const answers: (Tree | undefined)[] = [];
  let at = 0;
  while (at < output.length) {
    const end = output.indexOf(10, at);
    const head = /^[0-9a-f]{40} (\w+) (\d+)$/.exec(output.toString('latin1', at, end));
    at = end + 1;
    const size = Number(head?.[2] ?? -1);
    const wanted = names[answers.length] ?? new Set();
    const bytes = output.subarray(at, at + size);
    answers.push(head?.[1] === 'tree' ? parseTree(bytes, wanted) : undefined);
    at += size + 1;
  }
  return answers;
}

/** Every folder that its parent has as a folder is here. */
function complete(trees: Trees): boolean {
  return [...trees].every(([folder, tree]) => {
    if (tree) return true;
    return folder !== '' && lookUp(trees, folder)?.mode !== treeMode;
  });
}

function collect(trees: Trees, paths: readonly string[]): IndexEntries {
  const entries = new Map<string, IndexEntry>();
  for (const path of paths.flatMap((wanted) => [...foldersOf(wanted), wanted])) {
    const entry = lookUp(trees, path);
    if (entry && entry.mode !== treeMode) entries.set(path, normal(entry));
  }
  for (const path of paths) {
    const isFolder = lookUp(trees, path)?.mode === treeMode;
    const within = paths.some((other) => other.startsWith(`${path}/`));
    if (isFolder && !within)
      entries.set(`${path}/${standIn}`, { mode: '100644', object: emptyBlob });
  }
  return entries;
}

/** In place of all that a folder holds: git is to see that a file of the folder's name has no place. */
const standIn = '.something';

/** Old trees have 100664; an index has two modes of files. */
function normal({ mode, object }: IndexEntry): IndexEntry {
  if (!mode.startsWith('100')) return { mode, object };
  return { mode: (parseInt(mode, 8) & 0o100) === 0 ? '100644' : '100755', object };
}
