import { catalogRoots, isCatalogPath } from '../../core/model/catalog-paths.ts';
import { UserError, WorldError } from '../../core/model/failures.ts';
import type { FileMode, Snapshot, SnapshotFile } from '../../core/model/snapshot.ts';
import { GitFailure } from './failure.ts';
import { runGit } from './git.ts';
import { listTree, readObjects, tooMuch } from './objects.ts';
import type { TreeEntry } from './objects.ts';

/** The images repository at one commit. */
interface CommitSnapshot extends Snapshot {
  readonly commit: string;
}

/** The images repository as git knows it. */
export interface ImagesRepository {
  /** What the repository declares at a revision (`HEAD`, `origin/main`, `v1~2`); other folders are not read. */
  snapshotAt(revision: string): Promise<CommitSnapshot>;
}

/** Opens the root folder of a clone, or a bare repository. Looks at it only when it is asked something. */
export function openImagesRepository(directory: string): ImagesRepository {
  return { snapshotAt: (revision) => snapshotAt(directory, revision) };
}

async function snapshotAt(directory: string, revision: string): Promise<CommitSnapshot> {
  const commit = await resolveCommit(directory, revision);
  const entries = await listCatalog(directory, commit, revision);
  const objects = await readObjects(
    { directory },
    entries.map((entry) => entry.object),
  );
  const files = new Map<string, SnapshotFile>();
  for (const { path, mode, object } of entries) {
    const found = objects.get(object);
    if (!found) throw incomplete(directory, revision);
    files.set(path, { mode: fileMode(mode), bytes: found.bytes });
  }
  return { commit, files };
}

async function resolveCommit(directory: string, revision: string): Promise<string> {
  const unknown = new UserError(
    `${directory} has no revision ${JSON.stringify(revision.slice(0, 200))}`,
    'run git fetch (in a workflow: check out with fetch-depth: 0), or name one that git log knows',
  );
  if (revision === '' || /^-|\p{Cc}/u.test(revision)) throw unknown;
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
  try {
    return (await runGit(directory, args)).stdout.toString('latin1').trim();
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    if (error.kind === 'deadline' || error.kind === 'no-git') throw error;
    if (error.kind === 'exit' && !error.complaint.includes('not a git repository')) throw unknown;
    throw new UserError(
      `${directory} is not the root of a git repository`,
      'run this in the root of the images repository, or name it with --repo',
    );
  }
}

/** Files of the catalog; submodules are no files. */
async function listCatalog(
  directory: string,
  commit: string,
  revision: string,
): Promise<readonly TreeEntry[]> {
  const all = await listTree({ directory }, commit, catalogRoots).catch((error: unknown) => {
    // A partial clone: git looked for the rest where it may not go.
    throw error instanceof GitFailure && error.kind === 'exit'
      ? incomplete(directory, revision)
      : error;
  });
  const entries = all.filter(({ path, mode }) => isCatalogPath(path) && mode !== '160000');
  const size = tooMuch(entries);
  if (size === undefined) return entries;
  throw new UserError(
    `the files of ${directory} at ${JSON.stringify(revision)} are ${size} MiB, which is too much to read`,
    'keep large files out of images, releases, patches and overrides',
  );
}

function incomplete(directory: string, revision: string): WorldError {
  return new WorldError(
    `${directory} is a partial clone that lacks files of ${JSON.stringify(revision)}`,
    'run git fetch --refetch --no-filter, or clone it in full',
  );
}

export function fileMode(mode: string): FileMode {
  if (mode === '120000') return 'symlink';
  return mode === '100755' ? 'executable' : 'file';
}
