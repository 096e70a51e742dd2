import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A file of the cache: `<checksum> <key>\n<JSON>`. Under another key, what it holds is of no use. */
export interface CheckedFile {
  readonly path: string;
  readonly key: string;
}

/** What `storeChecked` stored; `undefined` where nothing is, or a damaged file, or another key's. */
export async function loadChecked({ path, key }: CheckedFile): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const json = text.slice(text.indexOf('\n') + 1);
  return text === content(key, json) ? JSON.parse(json) : undefined;
}

/** Stores a value in one step. A cache that cannot be written costs time on the next run, nothing else. */
export async function storeChecked({ path, key }: CheckedFile, value: unknown): Promise<void> {
  const draft = `${path}.${randomUUID()}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(draft, content(key, JSON.stringify(value)));
    await rename(draft, path);
  } catch {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

function content(key: string, json: string): string {
  return `${createHash('sha256').update(json).digest('hex')} ${key}\n${json}`;
}
