import { UserError } from '../../core/model/failures.ts';
import type { FileEdit, SnapshotFile } from '../../core/model/snapshot.ts';
import { statusOf } from './paths.ts';
import { readPaths } from './read-paths.ts';
import { recoverWrites } from './recover.ts';
import { inWords } from './worktree.ts';
import { writeFiles } from './write.ts';

/** The source of a component in a folder: a checkout, an unpacked archive, or a part of something else. */
export interface SourceTree {
  readonly root: string;
  /** What stands at some paths; nothing else is looked at. */
  read(paths: readonly string[]): Promise<SourceFiles>;
  /**
   * All edits or none. Unlike in an images repository, links are replaced, and folders that become empty.
   * `prove` looks at what was written; whoever is killed before its end has a write that was cut off.
   */
  write(edits: readonly FileEdit[], prove: (read: ReadPaths) => Promise<void>): Promise<void>;
}

export type ReadPaths = (paths: readonly string[]) => Promise<SourceFiles['files']>;

export interface SourceFiles {
  /** Also links and files that stand where a path wants a folder: see `readPaths`. */
  readonly files: ReadonlyMap<string, SnapshotFile>;
  /** True where a write that had been cut off was finished just now. */
  readonly finished: boolean;
}

/** Opens a folder. Looks at it only when it is asked something. */
export function openSourceTree(root: string): SourceTree {
  return {
    root,
    read: (paths) =>
      inWords(root, async () => {
        if ((await statusOf(`${root}/.`))?.isDirectory() !== true) {
          throw new UserError(
            `${root} is not a folder`,
            'name the folder of the source with --source',
          );
        }
        const recovered = await recoverWrites(root);
        return { files: await readPaths(root, paths), finished: recovered === 'finished' };
      }),
    write: (edits, prove) =>
      inWords(root, async () => {
        await writeFiles(root, edits, {
          replaceable: 'anything',
          prove: () => prove((paths) => readPaths(root, paths)),
        });
      }),
  };
}
