import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const prefix = '.draft-';
/** No draft takes that long; one that is older belongs to nobody any more. */
const abandonedMs = 15 * 60_000;

/** A new folder beside the one that it will become. */
export async function beginDraft(final: string): Promise<string> {
  const parent = dirname(final);
  await sweepDrafts(parent);
  const draft = join(parent, `${prefix}${basename(final)}-${randomUUID().slice(0, 8)}`);
  await mkdir(draft, { mode: 0o700 });
  return draft;
}

/**
 * The draft becomes what it was made for, at once and for good. Where another process was faster,
 * its folder stays and the draft goes.
 */
export async function finishDraft(draft: string, final: string): Promise<void> {
  try {
    await rename(draft, final);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!(await isFolder(final))) throw error;
  }
  const parent = await open(dirname(final));
  await parent.sync();
  await parent.close();
}

/** What a process that was killed left behind. */
async function sweepDrafts(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix)) continue;
    const path = join(parent, name);
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > abandonedMs)
      await rm(path, { recursive: true, force: true });
  }
}

export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}
