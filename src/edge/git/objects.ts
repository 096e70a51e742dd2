import { runGit } from './git.ts';
import { readHere, sizesHere } from './objects-here.ts';
import type { GitObject } from './pack-file.ts';

/** One entry of a tree, folders aside. */
export interface TreeEntry {
  /** Octal, as git writes it: `100644`, `120000`, `160000`. */
  readonly mode: string;
  readonly object: string;
  readonly path: string;
  /** In bytes; `undefined` where the object is not here. */
  readonly size?: number;
}

/** Where to read, and how long it may take. */
export interface ReadPlace {
  readonly directory: string;
  readonly deadlineMs?: number;
}

const mebibyte = 1024 * 1024;
/** More than any images repository or metadata of an upstream needs; less than would end the process. */
const mostBytes = 256 * mebibyte;

/** The files below some paths at a commit, or all files. Rejects where the commit or its trees are not here. */
export async function listTree(
  place: ReadPlace,
  commit: string,
  paths: readonly string[],
): Promise<readonly TreeEntry[]> {
  const args = ['ls-tree', '-r', '-z', '-l', '--full-tree', commit, '--', ...paths];
  const { stdout } = await runGit(place.directory, args, withDeadline(place));
  const records = stdout.toString('utf8').split('\0');
  return records.filter((record) => record !== '').map(parseEntry);
}

/** `<mode> SP <type> SP <object> SP+ <size> TAB <path>`; the size is `BAD` where the object is not here. */
function parseEntry(record: string): TreeEntry {
  const tab = record.indexOf('\t');
  const [mode = '', , object = '', size = ''] = record.slice(0, tab).split(/ +/);
  const known = /^\d+$/.test(size) && { size: Number(size) };
  return { mode, object, path: record.slice(tab + 1), ...known };
}

/** `true` for what has a text of its own; a symlink has a target, a submodule nothing. */
export function isOrdinaryFile(entry: TreeEntry): boolean {
  return entry.mode === '100644' || entry.mode === '100755' || entry.mode === '100664';
}

/** How far over the limit some files are, in MiB; `undefined` when they can be read into memory. */
export function tooMuch(entries: readonly TreeEntry[]): number | undefined {
  const total = entries.reduce((sum, entry) => sum + (entry.size ?? 0), 0);
  return total > mostBytes ? Math.ceil(total / mebibyte) : undefined;
}

/** Objects by id, in one batch; those that are not here are left out. */
export async function readObjects(
  place: ReadPlace,
  ids: Iterable<string>,
): Promise<ReadonlyMap<string, GitObject>> {
  const all = [...new Set(ids)];
  const here = readHere(place.directory, all);
  const wanted = all.filter((id) => !here.has(id));
  if (wanted.length === 0) return here;
  const input = wanted.map((id) => `${id}\n`).join('');
  const options = { ...withDeadline(place), input };
  const { stdout } = await runGit(place.directory, ['cat-file', '--batch', '--buffer'], options);
  return new Map([...here, ...parseBatch(stdout)]);
}

/** `<id> SP <type> SP <size> LF <bytes> LF`, or `<what was asked> SP missing LF`. */
function parseBatch(output: Buffer): ReadonlyMap<string, GitObject> {
  const found = new Map<string, GitObject>();
  let at = 0;
  while (at < output.length) {
    const end = output.indexOf(10, at);
    const [id = '', type = '', size] = output.toString('latin1', at, end).split(' ');
    at = end + 1;
    if (size === undefined) continue;
    const bytes = output.subarray(at, at + Number(size));
    found.set(id, { type, bytes });
    at += bytes.length + 1;
  }
  return found;
}

function withDeadline({ deadlineMs }: ReadPlace): { readonly deadlineMs?: number } {
  return deadlineMs === undefined ? {} : { deadlineMs };
}

/** Those of some objects that are not here. */
export async function missingObjects(
  place: ReadPlace,
  ids: readonly string[],
): Promise<readonly string[]> {
  const sizes = await sizesOf(place, ids);
  return [...new Set(ids)].filter((id) => !sizes.has(id));
}

/** Bytes of objects by id; of those that are here. */
export async function sizesOf(
  place: ReadPlace,
  ids: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const here = sizesHere(place.directory, ids);
  const wanted = ids.filter((id) => !here.has(id));
  if (wanted.length === 0) return here;
  const input = wanted.map((id) => `${id}\n`).join('');
  const args = ['cat-file', '--batch-check', '--buffer'];
  const { stdout } = await runGit(place.directory, args, { ...withDeadline(place), input });
  const lines = stdout.toString('latin1').matchAll(/^([0-9a-f]{40}) [a-z]+ (\d+)$/gm);
  const others = [...lines].map(([, id = '', size]) => [id, Number(size)] as const);
  return new Map([...here, ...others]);
}
