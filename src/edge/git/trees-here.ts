import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { IndexEntry } from './index-file.ts';
import { readingHere } from './objects-here.ts';
import type { ReadObject } from './objects-here.ts';

/** Folders of one revision, each after those that it is in, with the names that are of interest in it. */
export interface TreesQuestion {
  readonly revision: string;
  readonly folders: readonly (readonly [folder: string, names: ReadonlySet<string>])[];
}

/** Entries by name. */
export type Tree = ReadonlyMap<string, IndexEntry>;
/** By folder; without one where there is none, or where it is not here. */
export type Trees = ReadonlyMap<string, Tree | undefined>;

export const treeMode = '040000';

/** The trees of revisions, without git; of those of which all is here and as it should be. */
export function treesHere<Question extends TreesQuestion>(
  directory: string,
  questions: readonly Question[],
): ReadonlyMap<Question, Trees> {
  // Where a history is cut off, git takes commits for ones without parents.
  const isCut = existsSync(join(directory, 'shallow'));
  return readingHere(directory, (read) => {
    const answers = questions.map((question) => {
      const root = rootOf(read, question.revision, isCut);
      return [question, root && treesBelow(read, root, question.folders)] as const;
    });
    return new Map(
      answers.flatMap(([question, trees]) => (trees ? [[question, trees] as const] : [])),
    );
  });
}

/** Of a commit, or of its first parent: `<id>^`. */
function rootOf(read: ReadObject, revision: string, isCut: boolean): string | undefined {
  const [, commit = '', parent] = /^([0-9a-f]{40})(\^?)$/.exec(revision) ?? [];
  const found = headOf(read, commit);
  if (parent !== '^') return found?.tree;
  return found?.parent === undefined || isCut ? undefined : headOf(read, found.parent)?.tree;
}

interface CommitHead {
  readonly tree: string;
  readonly parent?: string;
}

function headOf(read: ReadObject, commit: string): CommitHead | undefined {
  const object = read(commit);
  if (object?.type !== 'commit') return undefined;
  const text = object.bytes.toString('latin1', 0, 2 * 48);
  const [, tree, parent] = /^tree ([0-9a-f]{40})\n(?:parent ([0-9a-f]{40})\n)?/.exec(text) ?? [];
  return tree === undefined ? undefined : { tree, ...(parent !== undefined && { parent }) };
}

function treesBelow(
  read: ReadObject,
  root: string,
  folders: TreesQuestion['folders'],
): Trees | undefined {
  const trees = new Map<string, Tree | undefined>();
  for (const [folder, names] of folders) {
    const entry = folder === '' ? { mode: treeMode, object: root } : lookUp(trees, folder);
    if (entry?.mode !== treeMode) {
      trees.set(folder, undefined);
      continue;
    }
    const object = read(entry.object);
    if (object?.type !== 'tree') return undefined;
    trees.set(folder, parseTree(object.bytes, names));
  }
  return trees;
}

/** `<mode> SP <name> NUL <20 bytes of id>`, again and again. Some folders have thousands of entries. */
export function parseTree(bytes: Buffer, wanted: ReadonlySet<string>): Tree {
  // One letter for each byte: names that nobody asks for need not be decoded.
  const names = new Map([...wanted].map((name) => [Buffer.from(name).toString('latin1'), name]));
  const entries = new Map<string, IndexEntry>();
  let at = 0;
  while (at < bytes.length) {
    const space = bytes.indexOf(32, at);
    const end = bytes.indexOf(0, space);
    const name = names.get(bytes.toString('latin1', space + 1, end));
    if (name !== undefined && !entries.has(name)) {
      const mode = bytes.toString('latin1', at, space).padStart(6, '0');
      entries.set(name, { mode, object: bytes.toString('hex', end + 1, end + 21) });
    }
    at = end + 21;
  }
  return entries;
}

export function lookUp(trees: Trees, path: string): IndexEntry | undefined {
  const { folder, name } = splitPath(path);
  return trees.get(folder)?.get(name);
}

export function splitPath(path: string): { readonly folder: string; readonly name: string } {
  const slash = path.lastIndexOf('/');
  return { folder: path.slice(0, Math.max(slash, 0)), name: path.slice(slash + 1) };
}
