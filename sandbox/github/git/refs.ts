import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { runGit } from '../../git.ts';

export const noObject = '0'.repeat(40);

export interface RefMove {
  /** Full name. */
  readonly ref: string;
  /** Undefined for a new ref. */
  readonly before: string | undefined;
  /** Undefined for a deleted one. */
  readonly after: string | undefined;
}

/** What a ref holds. Read from its file: a process for each look would be most of a test's time. */
export async function readRef(dir: string, ref: string): Promise<string | undefined> {
  if (!isRefName(ref)) return undefined;
  const loose = await readFile(join(dir, ref), 'utf8').catch(() => undefined);
  const sha = loose?.trim() ?? (await readPackedRef(dir, ref));
  return sha !== undefined && /^[0-9a-f]{40}$/.test(sha) ? sha : undefined;
}

async function readPackedRef(dir: string, ref: string): Promise<string | undefined> {
  return (await readPackedRefs(dir)).find((line) => line.endsWith(` ${ref}`))?.slice(0, 40);
}

/** Lines of id and name; the sandbox packs no refs, but what it copies may have some. */
async function readPackedRefs(dir: string): Promise<readonly string[]> {
  const text = await readFile(join(dir, 'packed-refs'), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => /^[0-9a-f]{40} /.test(line));
}

/** Refs whose full name begins so, by name. */
export async function listRefs(dir: string, prefix: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(join(dir, 'refs'), { recursive: true, withFileTypes: true });
  const loose = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)));
  const packed = (await readPackedRefs(dir)).map((line) => line.slice(41));
  const names = [...new Set([...loose, ...packed])].filter((name) => name.startsWith(prefix));
  const pairs = await Promise.all(
    names.sort().map(async (name) => [name, await readRef(dir, name)] as const),
  );
  return new Map(pairs.filter((pair): pair is [string, string] => pair[1] !== undefined));
}

/** Moves, makes or deletes a ref; rejects when it no longer holds what it held before. */
export async function moveRef(dir: string, { ref, before, after }: RefMove): Promise<void> {
  const file = join(dir, ref);
  await mkdir(dirname(file), { recursive: true });
  // As git itself locks a ref: whoever makes this file may write the other one.
  await writeFile(`${file}.lock`, `${after ?? ''}\n`, { flag: 'wx' });
  try {
    const held = await readRef(dir, ref);
    if (held !== before) throw new Error(`${ref} is at ${held ?? 'nothing'}`);
    if (after !== undefined) await rename(`${file}.lock`, file);
    else await forgetRef(dir, ref);
  } finally {
    await rm(`${file}.lock`, { force: true });
  }
  if (after === undefined) await dropFolders(dir, ref);
}

async function forgetRef(dir: string, ref: string): Promise<void> {
  const packed = await readPackedRefs(dir);
  if (packed.some((line) => line.endsWith(` ${ref}`))) {
    await runGit(['-C', dir, 'pack-refs', '--all', '--prune']);
    await runGit(['-C', dir, 'update-ref', '-d', ref]);
  }
  await rm(join(dir, ref), { force: true });
}

/** A folder without refs would stand in the way of a branch of its name. */
async function dropFolders(dir: string, ref: string): Promise<void> {
  for (let folder = dirname(ref); folder.split('/').length > 2; folder = dirname(folder)) {
    await rmdir(join(dir, folder)).catch(() => undefined);
  }
}

/** A full ref name that git and GitHub take. */
export function isRefName(ref: string): boolean {
  const parts = ref.split('/');
  return (
    parts.length > 2 &&
    parts[0] === 'refs' &&
    parts.every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock')) &&
    !/[\p{Cc} ~^:?*[\\]|\.\.|@\{|\.$/u.test(ref)
  );
}
