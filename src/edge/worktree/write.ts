import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { WorldError } from '../../core/model/failures.ts';
import type { FileEdit } from '../../core/model/snapshot.ts';
import { releaseJournal, startJournal, syncFolder, turnJournal } from './journal.ts';
import type { JournalEntry } from './journal.ts';
import { inspectTarget } from './paths.ts';
import type { Target } from './paths.ts';
import { finishWrite, recoverWrites } from './recover.ts';

/** One edit that makes a difference. */
interface Change extends JournalEntry {
  readonly target: Target;
  readonly text: FileEdit['text'];
}

/**
 * Writes all edits or none, also when the process is killed on the way: `recoverWrites` then finishes or
 * forgets. Gives the paths that changed; where every content is there already, nothing is touched.
 */
export async function writeFiles(
  root: string,
  edits: readonly FileEdit[],
): Promise<readonly string[]> {
  await recoverWrites(root);
  const changes = await findChanges(root, edits);
  if (changes.length === 0) return [];
  const folders = [...new Set(changes.flatMap((change) => foldersFor(change)))];
  const entries = changes.map(({ path, staged }) => ({ path, staged }));
  if (!(await startJournal(root, { state: 'staging', entries, folders }))) {
    throw new WorldError(
      `another process has begun to write to ${root}`,
      'wait until it is done, and try again',
    );
  }
  try {
    await stage(root, changes, folders);
    await turnJournal(root, { state: 'moving', entries, folders });
  } catch (error) {
    releaseJournal(root);
    await recoverWrites(root);
    throw error;
  }
  await finishWrite(root, { entries });
  return changes.map(({ path }) => path);
}

async function findChanges(root: string, edits: readonly FileEdit[]): Promise<readonly Change[]> {
  const write = randomUUID();
  const changes: Change[] = [];
  const seen = new Set<string>();
  for (const [index, { path, text }] of edits.entries()) {
    if (seen.has(path)) throw new Error(`two edits of ${path}`);
    seen.add(path);
    const target = await inspectTarget(root, path);
    if (await isAsWanted(root, target, text)) continue;
    const staged = join(dirname(path), `.pinwheel-${write}-${index}.tmp`);
    if (changes.some((other) => isInside(other.path, path) || isInside(path, other.path))) {
      throw new Error(`${path} cannot be a file and a folder`);
    }
    changes.push({ path, target, text, staged: text === undefined ? null : staged });
  }
  return changes;
}

function isInside(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`);
}

async function isAsWanted(
  root: string,
  { path, status }: Target,
  text: FileEdit['text'],
): Promise<boolean> {
  if (!status || text === undefined) return !status && text === undefined;
  const bytes = bytesOf(text);
  return status.size === bytes.length && bytes.equals(await readFile(join(root, path)));
}

function bytesOf(text: string | Uint8Array): Buffer {
  return typeof text === 'string'
    ? Buffer.from(text)
    : Buffer.from(text.buffer, text.byteOffset, text.length);
}

function foldersFor({ target, text }: Change): readonly string[] {
  return text === undefined ? [] : target.missing;
}

async function stage(
  root: string,
  changes: readonly Change[],
  folders: readonly string[],
): Promise<void> {
  for (const folder of folders) await mkdir(join(root, folder));
  for (const change of changes) {
    if (change.staged !== null) await stageOne(join(root, change.staged), change);
  }
  const parents = [...changes.map(({ path }) => dirname(path)), ...folders.map((f) => dirname(f))];
  for (const parent of new Set(parents)) await syncFolder(join(root, parent));
}

/** With the mode and the owner of the file whose place it takes. */
async function stageOne(path: string, { text, target }: Change): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytesOf(text ?? ''));
    const { status } = target;
    if (status) {
      // Only root may give files away, and only then it matters.
      await file.chown(status.uid, status.gid).catch(() => undefined);
      await file.chmod(status.mode & 0o7777);
    }
    await file.sync();
  } finally {
    await file.close();
  }
}
