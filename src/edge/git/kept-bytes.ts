import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { putFile } from './leftovers.ts';

/** What something is known by, and from what it follows alone. */
export interface KeptName {
  /** The beginning of the file's name. */
  readonly kind: 'commits' | 'path-sets' | 'patch-ids';
  readonly key: readonly unknown[];
}

const digestBytes = 32;
/** Of a kind, in one store: for all pins of a repository, and the moves of some months. */
const mostFiles = 24;

/**
 * What was found out about a history, kept in its store. What a commit is never changes, so there is nothing
 * to compare with the history itself; a file that is not whole counts as none.
 */
export async function readKept(store: string, name: KeptName): Promise<Buffer | undefined> {
  const found = await readFile(join(store, fileOf(name))).catch(() => undefined);
  if (!found || found.length < 2 * digestBytes) return undefined;
  const [check, rest] = [found.subarray(0, digestBytes), found.subarray(digestBytes)];
  if (!digest(rest).equals(check) || !digestOf(name).equals(rest.subarray(0, digestBytes))) {
    return undefined;
  }
  return rest.subarray(digestBytes);
}

/** Where it cannot be kept, it is found out again the next time. */
export async function keep(store: string, name: KeptName, bytes: Uint8Array): Promise<void> {
  const body = Buffer.concat([digestOf(name), bytes]);
  try {
    await putFile(dirname(store), join(store, fileOf(name)), Buffer.concat([digest(body), body]));
    const names = await readdir(store);
    const kept = names.filter((one) => one.startsWith(`${name.kind}-`));
    if (kept.length > mostFiles) await dropOldest(store, kept);
  } catch {
    // A full disk, or a store that another process is replacing.
  }
}

function digest(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

function digestOf({ kind, key }: KeptName): Buffer {
  return digest(Buffer.from(JSON.stringify([kind, ...key])));
}

function fileOf(name: KeptName): string {
  return `${name.kind}-${digestOf(name).toString('hex', 0, 12)}`;
}

async function dropOldest(store: string, names: readonly string[]): Promise<void> {
  const files = await Promise.all(
    names.map(async (name) => {
      const { mtimeMs } = await stat(join(store, name));
      return { name, mtimeMs };
    }),
  );
  files.sort((a, b) => b.mtimeMs - a.mtimeMs);
  for (const { name } of files.slice(mostFiles)) await rm(join(store, name), { force: true });
}
