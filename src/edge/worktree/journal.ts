import { open, readFile, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isMissing, journalName } from './paths.ts';

/** One file of a write: what is staged where; `null` where the file is to be removed. */
export interface JournalEntry {
  readonly path: string;
  readonly staged: string | null;
}

/**
 * What a write is about to do. In state `staging` nothing has happened yet, and it can be forgotten; in
 * state `moving` every new content is on disk, and it can be finished. The step from one to the other is
 * one rename, and the only moment that decides.
 */
export interface Journal {
  readonly state: 'staging' | 'moving';
  readonly entries: readonly JournalEntry[];
  /** Folders that were made for it, outermost first. */
  readonly folders: readonly string[];
  readonly owner: Owner;
}

export interface Owner {
  readonly host: string;
  readonly process: number;
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** Writes that this process is in the middle of, by root. */
const ours = new Set<string>();

/** No write takes this long: after that, the owner's process id belongs to somebody else. */
const longestMs = 60_000;

/** Starts a journal. False when there is one. */
export async function startJournal(
  root: string,
  journal: Omit<Journal, 'owner'>,
): Promise<boolean> {
  const owner = { host: hostname(), process: process.pid, since: Date.now() };
  try {
    await writeDurably(join(root, journalName), JSON.stringify({ ...journal, owner }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  ours.add(root);
  await syncFolder(root);
  return true;
}

/** From here on the write is finished, whatever happens. */
export async function turnJournal(root: string, journal: Omit<Journal, 'owner'>): Promise<void> {
  const owner = { host: hostname(), process: process.pid, since: Date.now() };
  const next = join(root, `${journalName}.next`);
  await rm(next, { force: true });
  await writeDurably(next, JSON.stringify({ ...journal, owner }));
  await rename(next, join(root, journalName));
  await syncFolder(root);
}

/** Gives up a write without ending it: what stands in the journal decides what becomes of it. */
export function releaseJournal(root: string): void {
  ours.delete(root);
}

/** Ends a write, done or undone. */
export async function endJournal(root: string): Promise<void> {
  await rm(join(root, `${journalName}.next`), { force: true });
  await rm(join(root, journalName), { force: true });
  await syncFolder(root);
  ours.delete(root);
}

/** `undefined` for none; `'unreadable'` for one that was cut short, so that nothing was staged yet. */
export async function readJournal(root: string): Promise<Journal | 'unreadable' | undefined> {
  const path = join(root, journalName);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  return parseJournal(text) ?? 'unreadable';
}

function parseJournal(text: string): Journal | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isJournal(value) ? value : undefined;
}

function isJournal(value: unknown): value is Journal {
  if (!isRecord(value) || !isRecord(value['owner'])) return false;
  const { state, entries, folders, owner } = value;
  return (
    (state === 'staging' || state === 'moving') &&
    Array.isArray(entries) &&
    entries.every(isEntry) &&
    Array.isArray(folders) &&
    folders.every((folder) => typeof folder === 'string') &&
    typeof owner['host'] === 'string' &&
    typeof owner['process'] === 'number' &&
    typeof owner['since'] === 'number'
  );
}

function isEntry(value: unknown): value is JournalEntry {
  if (!isRecord(value) || typeof value['path'] !== 'string') return false;
  return value['staged'] === null || typeof value['staged'] === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Whether the process that started a write is still at it. */
export function isAtWork(root: string, { host, process: id, since }: Owner): boolean {
  if (id === process.pid && host === hostname()) return ours.has(root);
  const age = Date.now() - since;
  if (age < 0 || age > longestMs) return false;
  return host !== hostname() || isAlive(id);
}

function isAlive(id: number): boolean {
  if (!Number.isSafeInteger(id) || id <= 0) return false;
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Makes a new file whose content is on the disk when this returns. */
async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Renames and removals are on the disk when their folder is. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
