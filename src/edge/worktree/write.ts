import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, readlink, symlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { WorldError } from '../../core/model/failures.ts';
import type { FileEdit, FileMode } from '../../core/model/snapshot.ts';
import { endJournal, releaseJournal, startJournal, syncFolder, turnJournal } from './journal.ts';
import type { JournalEntry } from './journal.ts';
import { foldersOf, inspectTarget, refuseFull, refuseOdd } from './paths.ts';
import type { Target } from './paths.ts';
import { moveFiles, recoverWrites } from './recover.ts';

export interface WriteOptions {
  /** What may give way to an edit: `anything` is links too, and folders that the same edits empty. */
  readonly replaceable: 'files' | 'anything';
  /** Looks at what was written while it still counts as begun. Where it rejects, so does the write. */
  readonly prove?: () => Promise<void>;
}

/** One edit that makes a difference. */
interface Change extends JournalEntry {
  readonly target: Target;
  readonly edit: FileEdit;
}

/**
 * Writes all edits or none, also when the process is killed on the way: `recoverWrites` then finishes or
 * forgets. Gives the paths that changed; where every content is there already, nothing is touched.
 */
export async function writeFiles(
  root: string,
  edits: readonly FileEdit[],
  { replaceable, prove }: WriteOptions,
): Promise<readonly string[]> {
  await recoverWrites(root);
  const changes = await findChanges(root, edits, replaceable);
  if (changes.length === 0) {
    await prove?.();
    return [];
  }
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
  await moveFiles(root, entries);
  try {
    await prove?.();
  } finally {
    await endJournal(root);
  }
  return changes.map(({ path }) => path);
}

async function findChanges(
  root: string,
  edits: readonly FileEdit[],
  replaceable: WriteOptions['replaceable'],
): Promise<readonly Change[]> {
  requireSense(edits);
  const write = randomUUID();
  const paths = new Set(edits.map(({ path }) => path));
  const removed = new Set(edits.flatMap(({ path, text }) => (text === undefined ? [path] : [])));
  const changes: Change[] = [];
  for (const [index, edit] of edits.entries()) {
    const target = await inspectTarget(root, edit.path, paths);
    if (replaceable === 'files') refuseOdd(target);
    else await refuseFull(root, target, removed);
    if (await isAsWanted(root, target, edit)) continue;
    const staged = join(placeFor(target), `.pinwheel-${write}-${index}.tmp`);
    changes.push({
      path: edit.path,
      target,
      edit,
      staged: edit.text === undefined ? null : staged,
    });
  }
  return changes;
}

/** Callers see to that: otherwise it depends on the order what becomes of it. */
function requireSense(edits: readonly FileEdit[]): void {
  const seen = new Set<string>();
  for (const { path } of edits) {
    if (seen.has(path)) throw new Error(`two edits of ${path}`);
    seen.add(path);
  }
  const made = edits.filter(({ text }) => text !== undefined).map(({ path }) => path);
  const folders = new Set(made.flatMap(foldersOf));
  const both = made.find((path) => folders.has(path));
  if (both !== undefined) throw new Error(`${both} cannot be a file and a folder`);
}

/** Beside the path, or as near as there is a folder: on the same file system a rename cannot fail. */
function placeFor({ path, behind }: Target): string {
  return dirname(behind ?? path);
}

async function isAsWanted(
  root: string,
  { path, status }: Target,
  { text, mode }: FileEdit,
): Promise<boolean> {
  const file = status?.isDirectory() === true ? undefined : status;
  if (!file || text === undefined) return !file && text === undefined;
  const bytes = bytesOf(text);
  const isLink = file.isSymbolicLink();
  if (isLink !== (mode === 'symlink') || file.size !== bytes.length) return false;
  if (!isLink && withMode(file.mode, mode) !== file.mode) return false;
  const real = join(root, path);
  return bytes.equals(isLink ? await readlink(real, 'buffer') : await readFile(real));
}

function bytesOf(text: string | Uint8Array): Buffer {
  return typeof text === 'string'
    ? Buffer.from(text)
    : Buffer.from(text.buffer, text.byteOffset, text.length);
}

/** Folders that are there before the step that decides. Behind a link or a file, they come after it. */
function foldersFor({ target, edit }: Change): readonly string[] {
  return edit.text === undefined || target.behind !== undefined ? [] : target.missing;
}

async function stage(
  root: string,
  changes: readonly Change[],
  folders: readonly string[],
): Promise<void> {
  for (const folder of folders) await mkdir(join(root, folder));
  for (const { staged, target, edit } of changes) {
    if (staged !== null) await stageOne(join(root, staged), target, edit);
  }
  const files = changes.flatMap(({ staged }) => staged ?? []);
  const parents = new Set([...files, ...folders].map((path) => dirname(path)));
  for (const parent of parents) await syncFolder(join(root, parent));
}

async function stageOne(path: string, target: Target, { text, mode }: FileEdit): Promise<void> {
  const bytes = bytesOf(text ?? '');
  if (mode === 'symlink') {
    await symlink(bytes, path);
    return;
  }
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await setMode(file, target, mode);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** With the mode and the owner of the file whose place it takes. */
async function setMode(
  file: FileHandle,
  { status }: Target,
  mode: FileMode | undefined,
): Promise<void> {
  const before = status?.isFile() === true ? status : undefined;
  if (before) {
    // Only root may give files away, and only then it matters.
    await file.chown(before.uid, before.gid).catch(() => undefined);
  }
  const start = before ?? (await file.stat());
  const wanted = withMode(start.mode, mode);
  if (before || wanted !== start.mode) await file.chmod(wanted & 0o7777);
}

/** Executable for those who may read it, as git does it; all else stays. */
function withMode(start: number, mode: FileMode | undefined): number {
  const isExecutable = (start & 0o100) !== 0;
  if (mode === 'executable' && !isExecutable) return start | ((start & 0o444) >> 2);
  return mode === 'file' && isExecutable ? start & ~0o111 : start;
}
