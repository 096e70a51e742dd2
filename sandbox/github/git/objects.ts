import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deflate, inflate } from 'node:zlib';
import { runGitBytes } from '../../git.ts';

export type ObjectType = 'blob' | 'tree' | 'commit' | 'tag';

export interface GitObject {
  readonly type: ObjectType;
  readonly bytes: Buffer;
}

/** Objects never change, so those read once are kept: commits and trees are asked for again and again. */
const kept = new Map<string, GitObject>();
const mostKept = 10_000;
const largestKept = 8192;

const pack = promisify(deflate);
const unpack = promisify(inflate);

/** Writes a loose object into a bare repository, as `git hash-object -w` would, without a process. */
export async function writeObject(
  dir: string,
  type: ObjectType,
  content: Uint8Array | string,
): Promise<string> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const whole = Buffer.concat([Buffer.from(`${type} ${bytes.byteLength}\0`), bytes]);
  const sha = createHash('sha1').update(whole).digest('hex');
  const folder = join(dir, 'objects', sha.slice(0, 2));
  const file = join(folder, sha.slice(2));
  const held = await readFile(file).catch(() => undefined);
  if (held !== undefined) return sha;
  await mkdir(folder, { recursive: true });
  // Renamed into place: git must never see half of an object.
  const draft = `${file}.${process.hrtime.bigint()}`;
  await writeFile(draft, await pack(whole), { mode: 0o444 });
  await rename(draft, file);
  return sha;
}

/** An object by its id; undefined where the repository has none of that id. */
export async function readObject(dir: string, sha: string): Promise<GitObject | undefined> {
  if (!/^[0-9a-f]{40}$/.test(sha)) return undefined;
  const key = `${dir} ${sha}`;
  const held = kept.get(key);
  if (held) return held;
  const file = join(dir, 'objects', sha.slice(0, 2), sha.slice(2));
  const loose = await readFile(file).catch(() => undefined);
  const object = loose ? parseLoose(await unpack(loose)) : await readPacked(dir, sha);
  if (object && object.bytes.byteLength <= largestKept) {
    if (kept.size >= mostKept) kept.clear();
    kept.set(key, object);
  }
  return object;
}

/** Its bytes where the object is there and of that type. */
export async function readTyped(
  dir: string,
  sha: string,
  type: ObjectType,
): Promise<Buffer | undefined> {
  const object = await readObject(dir, sha);
  return object?.type === type ? object.bytes : undefined;
}

function parseLoose(whole: Buffer): GitObject {
  const end = whole.indexOf(0);
  const [type = ''] = whole.toString('latin1', 0, end).split(' ');
  return { type: type as ObjectType, bytes: whole.subarray(end + 1) };
}

async function readPacked(dir: string, sha: string): Promise<GitObject | undefined> {
  const output = await runGitBytes(['-C', dir, 'cat-file', '--batch'], `${sha}\n`);
  const end = output.indexOf('\n');
  const [, type = '', size = ''] = output.toString('latin1', 0, end).split(' ');
  if (type === 'missing' || size === '') return undefined;
  return { type: type as ObjectType, bytes: output.subarray(end + 1, end + 1 + Number(size)) };
}
