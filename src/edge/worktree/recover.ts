import { mkdir, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError, WorldError } from '../../core/model/failures.ts';
import { endJournal, isAtWork, readJournal, syncFolder } from './journal.ts';
import type { Journal, JournalEntry } from './journal.ts';
import { foldersOf, inspectTarget, isMissing, journalName, stagedName, statusOf } from './paths.ts';

/**
 * Finishes or forgets a write that was cut off, so that either all of it has happened or nothing. To be
 * called before anything is read. Does nothing where there is no journal, which is `undefined`.
 */
export async function recoverWrites(root: string): Promise<'finished' | 'forgotten' | undefined> {
  const journal = await readJournal(root);
  if (journal === undefined) return undefined;
  if (journal === 'unreadable') {
    await endJournal(root);
    return 'forgotten';
  }
  if (isAtWork(root, journal.owner)) {
    throw new WorldError(
      `process ${journal.owner.process} on ${journal.owner.host} is writing to ${root}`,
      'wait until it is done; after a minute it counts as dead',
    );
  }
  await checkJournal(root, journal);
  const isDecided = journal.state === 'moving';
  if (isDecided) await moveFiles(root, journal.entries);
  else await forgetWrite(root, journal);
  await endJournal(root);
  return isDecided ? 'finished' : 'forgotten';
}

/** A journal is a file like any other: somebody may have committed one. */
async function checkJournal(root: string, { entries, folders }: Journal): Promise<void> {
  const replaced = pathsOf(entries);
  const made = entries.filter(({ staged }) => staged !== null);
  const above = new Set(made.flatMap(({ path }) => foldersOf(path)));
  for (const { path, staged } of entries) {
    const { behind } = await inspectTarget(root, path, replaced);
    if (staged === null) continue;
    // A link that is put in its place must not lead the next file elsewhere.
    if (above.has(path) || !isPlaceOf(path, staged, behind)) {
      throw new UserError(
        `${join(root, journalName)} is not a journal of Pinwheel`,
        'delete the file, and take it out of the repository if it was committed',
      );
    }
  }
  for (const folder of folders) await inspectTarget(root, `${folder}/x`, new Set());
}

/** What a write put beside the path, or beside what stood in the way of its folder. */
function isPlaceOf(path: string, staged: string, behind: string | undefined): boolean {
  if (!stagedName.test(basename(staged))) return false;
  const folders = ['.', ...foldersOf(path)].slice(
    0,
    behind === undefined ? undefined : depth(behind),
  );
  return folders.includes(dirname(staged));
}

function depth(path: string): number {
  return path.split('/').length;
}

function pathsOf(entries: Journal['entries']): ReadonlySet<string> {
  return new Set(entries.map(({ path }) => path));
}

/**
 * Removes what is to go, then puts every staged file in its place. Can be done again where it was cut off,
 * as long as the journal is there.
 */
export async function moveFiles(root: string, entries: Journal['entries']): Promise<void> {
  const replaced = pathsOf(entries);
  for (const { path, staged } of entries) {
    if (staged === null) await finishRemoval(root, path, replaced);
  }
  for (const entry of entries) await finishFile(root, entry);
  const folders = new Set(entries.flatMap(({ path }) => ['.', ...foldersOf(path)]));
  for (const folder of folders) {
    const status = await statusOf(join(root, folder));
    if (status?.isDirectory() === true) await syncFolder(join(root, folder));
  }
}

/** What stands at the path, or in its way, may have taken its place before the cut. */
async function finishRemoval(
  root: string,
  path: string,
  replaced: ReadonlySet<string>,
): Promise<void> {
  const { status, behind } = await inspectTarget(root, path, replaced);
  if (behind !== undefined || status?.isDirectory() === true) return;
  if (status) await removeFile(join(root, path));
  await removeEmptyFolders(root, dirname(path));
}

async function finishFile(root: string, { path, staged }: JournalEntry): Promise<void> {
  if (staged === null) return;
  const real = join(root, path);
  await mkdir(dirname(real), { recursive: true });
  // Empty by now. A rename would not take its place.
  if ((await statusOf(real))?.isDirectory() === true) await rmdir(real);
  try {
    await rename(join(root, staged), real);
  } catch (error) {
    // It is in its place since before the cut.
    if (!isMissing(error)) throw error;
  }
}

/** Git keeps no empty folders, and a series that is gone should not be seen. */
async function removeEmptyFolders(root: string, folder: string): Promise<void> {
  if (folder === '.') return;
  const isGone = await rmdir(join(root, folder)).then(
    () => true,
    (error: unknown) => isMissing(error),
  );
  if (isGone) await removeEmptyFolders(root, dirname(folder));
}

async function removeFile(path: string): Promise<void> {
  await rm(path).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
  });
}

/** Takes away what was staged: nothing else has happened. */
async function forgetWrite(
  root: string,
  { entries, folders }: Pick<Journal, 'entries' | 'folders'>,
): Promise<void> {
  for (const { staged } of entries) {
    if (staged !== null) await removeFile(join(root, staged));
  }
  for (const folder of [...folders].reverse()) {
    // Not empty any more, or never made.
    await rmdir(join(root, folder)).catch(() => undefined);
  }
}
