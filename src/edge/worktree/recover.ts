import { rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError, WorldError } from '../../core/model/failures.ts';
import { endJournal, isAtWork, readJournal, syncFolder } from './journal.ts';
import type { Journal, JournalEntry } from './journal.ts';
import { inspectTarget, isMissing, journalName, stagedName, statusOf } from './paths.ts';

/**
 * Finishes or forgets a write that was cut off, so that either all of it has happened or nothing. To be
 * called before anything is read. Does nothing where there is no journal.
 */
export async function recoverWrites(root: string): Promise<void> {
  const journal = await readJournal(root);
  if (journal === undefined) return;
  if (journal === 'unreadable') {
    await endJournal(root);
    return;
  }
  if (isAtWork(root, journal.owner)) {
    throw new WorldError(
      `process ${journal.owner.process} on ${journal.owner.host} is writing to ${root}`,
      'wait until it is done; after a minute it counts as dead',
    );
  }
  await checkJournal(root, journal);
  if (journal.state === 'moving') await finishWrite(root, journal);
  else await forgetWrite(root, journal);
}

/** A journal is a file of the images repository like any other: somebody may have committed one. */
async function checkJournal(root: string, { entries, folders }: Journal): Promise<void> {
  for (const { path, staged } of entries) {
    await inspectTarget(root, path);
    const isBeside = staged === null || dirname(staged) === dirname(path);
    if (!isBeside || (staged !== null && !stagedName.test(basename(staged)))) {
      throw new UserError(
        `${join(root, journalName)} is not a journal of Pinwheel`,
        'delete the file, and take it out of the repository if it was committed',
      );
    }
  }
  for (const folder of folders) await inspectTarget(root, `${folder}/x`);
}

/** Puts every staged file in its place. Can be done again where it was cut off. */
export async function finishWrite(
  root: string,
  { entries }: Pick<Journal, 'entries'>,
): Promise<void> {
  for (const entry of entries) await finishEntry(root, entry);
  const folders = new Set(entries.map(({ path }) => dirname(join(root, path))));
  for (const folder of folders) {
    if (await statusOf(folder)) await syncFolder(folder);
  }
  await endJournal(root);
}

async function finishEntry(root: string, { path, staged }: JournalEntry): Promise<void> {
  if (staged === null) {
    await removeFile(join(root, path));
    await removeEmptyFolders(root, dirname(path));
    return;
  }
  try {
    await rename(join(root, staged), join(root, path));
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
  await endJournal(root);
}
