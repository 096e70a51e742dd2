import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { inflateSync } from 'node:zlib';
import { mostObjectBytes, openPack } from './pack-file.ts';
import type { GitObject, PackFile } from './pack-file.ts';

/*
 * Objects of a bare repository without a git process, whose start costs more than most reads. Only what has
 * the hash that it was asked for by counts as found, wherever it was. The rest is git's to answer: what is
 * not here, what is damaged, and what is large.
 */

/** Of a file without a byte: what it holds is known, wherever it is. */
export const emptyBlob = 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391';

/** What is read of one batch, in bytes; git streams. */
const mostBytes = 64 * 1024 * 1024;

/** `undefined` for what git has to say. */
export type ReadObject = (id: string) => GitObject | undefined;

/** Lets `work` read objects of a repository. */
export function readingHere<T>(directory: string, work: (read: ReadObject) => T): T {
  let left = mostBytes;
  return withObjects(
    directory,
    (packed, id) => {
      if (left <= 0) return undefined;
      if (id === emptyBlob) return { type: 'blob', bytes: Buffer.alloc(0) };
      const found = packed ? packed.pack.read(packed.offset) : readLoose(directory, id);
      if (!found || idOf(found) !== id) return undefined;
      left -= found.bytes.length;
      return found;
    },
    work,
  );
}

/** Objects by id; of those that are surely these. */
export function readHere(directory: string, ids: Iterable<string>): ReadonlyMap<string, GitObject> {
  return readingHere(directory, (read) => foundOf(ids, read));
}

/** Bytes by id; of those that are surely here. */
export function sizesHere(directory: string, ids: Iterable<string>): ReadonlyMap<string, number> {
  return withObjects(
    directory,
    (packed, id) =>
      packed ? packed.pack.sizeAt(packed.offset) : readLoose(directory, id)?.bytes.length,
    (sizeOf) => foundOf(ids, sizeOf),
  );
}

function foundOf<T>(
  ids: Iterable<string>,
  find: (id: string) => T | undefined,
): ReadonlyMap<string, T> {
  const found = [...new Set(ids)].map((id) => [id, find(id)] as const);
  return new Map(found.filter((one): one is readonly [string, T & {}] => one[1] !== undefined));
}

interface Packed {
  readonly pack: PackFile;
  readonly offset: number;
}

/** Whatever fails for an object, git has a word for it. */
function withObjects<T, R>(
  directory: string,
  find: (packed: Packed | undefined, id: string) => T | undefined,
  work: (find: (id: string) => T | undefined) => R,
): R {
  const packs = foldersOf(directory).flatMap(packsIn);
  try {
    return work((id) =>
      /^[0-9a-f]{40}$/.test(id) ? quietly(() => find(locate(packs, id), id)) : undefined,
    );
  } finally {
    for (const pack of packs) pack.close();
  }
}

function locate(packs: readonly PackFile[], id: string): Packed | undefined {
  for (const pack of packs) {
    const offset = pack.find(id);
    if (offset !== undefined) return { pack, offset };
  }
  return undefined;
}

/** Its own, and those of a store that it stands on (store.ts). */
function foldersOf(directory: string): readonly string[] {
  const own = join(directory, 'objects');
  const text = quietly(() => readFileSync(join(own, 'info', 'alternates'), 'utf8')) ?? '';
  const others = text.split('\n').filter((line) => line.startsWith('../'));
  return [own, ...others.map((line) => resolve(own, line))];
}

function packsIn(folder: string): readonly PackFile[] {
  const pack = join(folder, 'pack');
  const names = quietly(() => readdirSync(pack)) ?? [];
  return names
    .filter((name) => name.endsWith('.idx'))
    .flatMap((name) => quietly(() => openPack(join(pack, name))) ?? []);
}

/** What a trial made itself is in loose files; fetched stores have packs alone. */
function readLoose(directory: string, id: string): GitObject | undefined {
  const bytes = readFileSync(join(directory, 'objects', id.slice(0, 2), id.slice(2)));
  const whole = inflateSync(bytes, { maxOutputLength: mostObjectBytes });
  const end = whole.indexOf(0);
  const [type = '', size] = whole.toString('latin1', 0, end).split(' ');
  const content = whole.subarray(end + 1);
  return Number(size) === content.length ? { type, bytes: content } : undefined;
}

function idOf({ type, bytes }: GitObject): string {
  return createHash('sha1').update(`${type} ${bytes.length}\0`).update(bytes).digest('hex');
}

function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
