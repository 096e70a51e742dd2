import { randomUUID } from 'node:crypto';
import { readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ownerState, ownMark } from './owner.ts';

const prefix = 'scratch-';
const hour = 3_600_000;

/** A name for a file or folder that is not to outlive its process by much. */
export function temporaryName(): string {
  return `${prefix}${ownMark()}-${randomUUID()}`;
}

/** Puts a file in its place when it is whole. Until then it is in `folder`, which somebody sweeps. */
export async function putFile(
  folder: string,
  path: string,
  content: string | Uint8Array,
): Promise<void> {
  const fresh = join(folder, temporaryName());
  try {
    await writeFile(fresh, content);
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

/**
 * Removes temporary files of processes that are gone. `rescue` may take something out of a folder first;
 * nobody else has it in their hands by then. What cannot be removed is left to the next one who sweeps.
 */
export async function sweepLeftovers(
  folder: string,
  rescue?: (path: string) => Promise<void>,
): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  for (const name of names.filter((text) => text.startsWith(prefix))) {
    if (!(await isLeftover(folder, name))) continue;
    const mine = join(folder, temporaryName());
    try {
      // Others may sweep at the same time; and whoever dies in the middle leaves it to be swept again.
      await rename(join(folder, name), mine);
      await rescue?.(mine);
      await rm(mine, { recursive: true, force: true });
    } catch {
      // Another one was quicker, a git that outlived its parent still writes there, or nothing can be written.
    }
  }
}

/** Where nobody can tell whether the owner runs, an hour is longer than any call may take. */
async function isLeftover(folder: string, name: string): Promise<boolean> {
  const state = ownerState(name);
  if (state !== 'unknown') return state === 'gone';
  const status = await stat(join(folder, name)).catch(() => undefined);
  return status !== undefined && Date.now() - status.mtimeMs > hour;
}
