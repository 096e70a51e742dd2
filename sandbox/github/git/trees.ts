import { readTyped, writeObject } from './objects.ts';

export type TreeMode = '100644' | '100755' | '040000' | '160000' | '120000';

export interface TreeEntry {
  readonly mode: TreeMode;
  readonly name: string;
  readonly sha: string;
}

/** A file that a tree is to have at a path, or, without an entry, no longer to have. */
export interface TreeChange {
  readonly path: string;
  readonly entry?: { readonly mode: TreeMode; readonly sha: string };
}

/** A file of a tree, all folders walked. */
export interface TreeFile extends TreeEntry {
  readonly path: string;
}

export function typeOfMode(mode: TreeMode): 'blob' | 'tree' | 'commit' {
  if (mode === '040000') return 'tree';
  return mode === '160000' ? 'commit' : 'blob';
}

/** The entries of one tree; undefined where there is no such tree. */
export async function readTree(
  dir: string,
  sha: string,
): Promise<readonly TreeEntry[] | undefined> {
  const bytes = await readTyped(dir, sha, 'tree');
  if (bytes === undefined) return undefined;
  const entries: TreeEntry[] = [];
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(' ', at);
    const end = bytes.indexOf(0, space);
    entries.push({
      mode: bytes.toString('latin1', at, space).padStart(6, '0') as TreeMode,
      name: bytes.toString('utf8', space + 1, end),
      sha: bytes.toString('hex', end + 1, end + 21),
    });
    at = end + 21;
  }
  return entries;
}

/** A new tree: the base with some paths changed. Gives undefined where that leaves nothing at all. */
export async function changeTree(
  dir: string,
  base: string | undefined,
  changes: readonly TreeChange[],
): Promise<string | undefined> {
  const held = (base === undefined ? undefined : await readTree(dir, base)) ?? [];
  const entries = new Map(held.map((entry) => [entry.name, entry]));
  for (const { path, entry } of changes.filter(({ path }) => !path.includes('/'))) {
    if (entry) entries.set(path, { name: path, ...entry });
    else entries.delete(path);
  }
  for (const [name, inside] of byFolder(changes)) {
    const old = entries.get(name);
    const sha = await changeTree(dir, old?.mode === '040000' ? old.sha : undefined, inside);
    if (sha === undefined) entries.delete(name);
    else entries.set(name, { name, mode: '040000', sha });
  }
  return entries.size === 0 ? undefined : writeTree(dir, [...entries.values()]);
}

/** Changes below each folder, by paths from there. */
function byFolder(changes: readonly TreeChange[]): ReadonlyMap<string, readonly TreeChange[]> {
  const folders = new Map<string, TreeChange[]>();
  for (const change of changes) {
    const [name = '', rest] = change.path.split(/\/(.*)/s);
    if (rest === undefined) continue;
    folders.set(name, [...(folders.get(name) ?? []), { ...change, path: rest }]);
  }
  return folders;
}

/** Writes a tree of these entries, in git's order: a folder sorts as if its name ended in a slash. */
export function writeTree(dir: string, entries: readonly TreeEntry[]): Promise<string> {
  const sorted = entries
    .map((entry) => ({ entry, key: Buffer.from(sortName(entry)) }))
    .sort((a, b) => Buffer.compare(a.key, b.key));
  const parts = sorted.map(({ entry: { mode, name, sha } }) =>
    Buffer.concat([Buffer.from(`${mode.replace(/^0/, '')} ${name}\0`), Buffer.from(sha, 'hex')]),
  );
  return writeObject(dir, 'tree', Buffer.concat(parts));
}

function sortName({ mode, name }: TreeEntry): string {
  return mode === '040000' ? `${name}/` : name;
}

/** All that is below a tree, folders too, in git's order. */
export async function walkTree(dir: string, sha: string, prefix = ''): Promise<TreeFile[]> {
  const found: TreeFile[] = [];
  for (const entry of (await readTree(dir, sha)) ?? []) {
    const path = prefix + entry.name;
    found.push({ ...entry, path });
    if (entry.mode === '040000') found.push(...(await walkTree(dir, entry.sha, `${path}/`)));
  }
  return found;
}

export interface ChangedPaths {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly modified: readonly string[];
}

/** The files in which two trees differ; without a first one, all of the second. */
export async function changedPaths(
  dir: string,
  from: string | undefined,
  to: string,
): Promise<ChangedPaths> {
  const [before, after] = await Promise.all([filesOf(dir, from), filesOf(dir, to)]);
  const both = [...after.keys()].filter((path) => before.has(path));
  return {
    added: [...after.keys()].filter((path) => !before.has(path)),
    removed: [...before.keys()].filter((path) => !after.has(path)),
    modified: both.filter((path) => before.get(path) !== after.get(path)),
  };
}

async function filesOf(
  dir: string,
  tree: string | undefined,
): Promise<ReadonlyMap<string, string>> {
  const files = tree === undefined ? [] : await walkTree(dir, tree);
  const leaves = files.filter(({ mode }) => mode !== '040000');
  return new Map(leaves.map(({ path, mode, sha }) => [path, `${mode} ${sha}`]));
}

/** The entry at a path of a tree. */
export async function entryAt(
  dir: string,
  tree: string,
  path: string,
): Promise<TreeEntry | undefined> {
  let current: TreeEntry = { mode: '040000', name: '', sha: tree };
  for (const name of path.split('/').filter((part) => part !== '')) {
    if (current.mode !== '040000') return undefined;
    const entry = (await readTree(dir, current.sha))?.find((one) => one.name === name);
    if (!entry) return undefined;
    current = entry;
  }
  return current;
}
