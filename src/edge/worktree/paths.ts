import { lstat } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../core/model/failures.ts';

/** Name of the journal, in the root of the images repository. */
export const journalName = '.pinwheel-write.json';

/** What a staged file is called until it takes its place. */
export const stagedName = /^\.pinwheel-[0-9a-f-]{36}-\d+\.tmp$/;

/** A path that may be written, and what is there now. */
export interface Target {
  readonly path: string;
  /** `undefined` where there is nothing yet. */
  readonly status?: Stats;
  /** Folders on the way that do not exist, outermost first. */
  readonly missing: readonly string[];
}

/** Finds out what is at a path; refuses one that leaves the folder, or goes through or to a link. */
export async function inspectTarget(root: string, path: string): Promise<Target> {
  checkPath(path);
  const length = Buffer.byteLength(join(root, path));
  if (length > longestPath) throw refusal(path, 'it is too long');
  const steps = path.split('/');
  const missing: string[] = [];
  for (const end of steps.keys()) {
    const here = steps.slice(0, end + 1).join('/');
    const isLast = end === steps.length - 1;
    const status = missing.length > 0 ? undefined : await statusOf(join(root, here));
    if (status?.isSymbolicLink() === true) throw refusal(path, `${here} is a symbolic link`);
    if (isLast) return finish(path, missing, status);
    if (!status) missing.push(here);
    else if (!status.isDirectory()) throw refusal(path, `${here} is not a folder`);
  }
  throw refusal(path, 'it is empty');
}

function finish(path: string, missing: readonly string[], status: Stats | undefined): Target {
  if (status && !status.isFile()) throw refusal(path, 'something that is no file is there');
  return { path, missing, ...(status && { status }) };
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
    'see that it is an ordinary path inside the images repository',
  );
}
