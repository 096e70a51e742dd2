import { lstat, readdir } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../core/model/failures.ts';

/** Name of the journal, in the root of the folder that is written. */
export const journalName = '.pinwheel-write.json';

/** What a staged file is called until it takes its place. */
export const stagedName = /^\.pinwheel-[0-9a-f-]{36}-\d+\.tmp$/;

/** A path that may be written, and what is there now. */
export interface Target {
  readonly path: string;
  /** `undefined` where there is nothing yet. May be a link or a folder: see `refuseOdd`. */
  readonly status?: Stats;
  /** Folders on the way that do not exist, outermost first. */
  readonly missing: readonly string[];
  /** What is no folder yet and stands where the outermost of them is to be. */
  readonly behind?: string;
}

/**
 * Finds out what is at a path; refuses one that leaves the folder, or goes through a link or a file, unless
 * that is one of `replaced`: such a path is to become a folder, or has ceased to be one.
 */
export async function inspectTarget(
  root: string,
  path: string,
  replaced: ReadonlySet<string>,
): Promise<Target> {
  checkPath(path);
  const length = Buffer.byteLength(join(root, path));
  if (length > longestPath) throw refusal(path, 'it is too long');
  const folders = foldersOf(path);
  for (const [index, folder] of folders.entries()) {
    const status = await statusOf(join(root, folder));
    if (status?.isDirectory() === true) continue;
    if (status && !replaced.has(folder)) {
      const what = status.isSymbolicLink() ? 'a symbolic link' : 'not a folder';
      throw refusal(path, `${folder} is ${what}`);
    }
    return { path, missing: folders.slice(index), ...(status && { behind: folder }) };
  }
  const status = await statusOf(join(root, path));
  return { path, missing: [], ...(status && { status }) };
}

/** `a` and `a/b` for `a/b/c`. */
export function foldersOf(path: string): readonly string[] {
  const steps = path.split('/');
  return steps.slice(1).map((_, index) => steps.slice(0, index + 1).join('/'));
}

/** Refuses to take the place of anything but a file. */
export function refuseOdd({ path, status }: Target): void {
  if (status?.isSymbolicLink() === true) throw refusal(path, `${path} is a symbolic link`);
  if (status && !status.isFile()) throw refusal(path, 'something that is no file is there');
}

/** Refuses to take the place of anything but a file, a link, or a folder that will be empty by then. */
export async function refuseFull(
  root: string,
  { path, status }: Target,
  removed: ReadonlySet<string>,
): Promise<void> {
  if (status?.isDirectory() === true) {
    if (await hasOthers(root, path, removed)) throw refusal(path, 'a folder is there');
    return;
  }
  if (status && !status.isFile() && !status.isSymbolicLink()) {
    throw refusal(path, 'something that is no file is there');
  }
}

/** Whether a folder has more in it than some paths, and the folders that these need. */
export async function hasOthers(
  root: string,
  folder: string,
  paths: ReadonlySet<string>,
): Promise<boolean> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  for (const entry of entries) {
    const path = `${folder}/${entry.name}`;
    if (!entry.isDirectory()) {
      if (!paths.has(path)) return true;
      continue;
    }
    const isNeeded = [...paths].some((other) => other.startsWith(`${path}/`));
    if (!isNeeded || (await hasOthers(root, path, paths))) return true;
  }
  return false;
}

/** Of one file or folder, in bytes, on every file system that matters. */
const longestName = 255;
/** Of all of them with their folder; Linux allows no more. */
const longestPath = 4095;

function checkPath(path: string): void {
  const steps = path.split('/');
  if (/\p{Cc}/u.test(path)) throw refusal(path, 'it holds a control character');
  for (const step of steps) {
    if (step === '' || step === '.' || step === '..') throw refusal(path, 'it leaves the folder');
    // Found out here, because a write that has begun to move must be able to end.
    if (Buffer.byteLength(step) > longestName) throw refusal(path, 'a name in it is too long');
    if (step.toLowerCase() === '.git') throw refusal(path, 'it belongs to git');
  }
  if (path.startsWith(journalName)) throw refusal(path, 'Pinwheel needs it');
}

/** What is at a path, links not followed. */
export async function statusOf(path: string | Buffer): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Nothing is there, or nothing can be. */
export function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(code);
}

function refusal(path: string, why: string): UserError {
  return new UserError(
    `${JSON.stringify(path.slice(0, 200))} is not written: ${why}`,
    'see that it is an ordinary path, and nothing but files and folders in its way',
  );
}
