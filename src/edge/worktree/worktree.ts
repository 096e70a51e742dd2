import { WorldError } from '../../core/model/failures.ts';
import type { FileEdit, Snapshot } from '../../core/model/snapshot.ts';
import { readWorkingTree } from './read.ts';
import { recoverWrites } from './recover.ts';
import { writeFiles } from './write.ts';

/** The images repository as it is on disk. */
export interface WorkingTree {
  /** What it declares, after a write that was cut off has been finished or forgotten. */
  read(): Promise<Snapshot>;
  /** All edits or none. Gives the paths that changed. */
  write(edits: readonly FileEdit[]): Promise<readonly string[]>;
}

export function openWorkingTree(root: string): WorkingTree {
  return {
    read: () =>
      inWords(root, async () => {
        await recoverWrites(root);
        return readWorkingTree(root);
      }),
    write: (edits) => inWords(root, () => writeFiles(root, edits, { replaceable: 'files' })),
  };
}

/** What the file system says, as a failure of the world. */
export async function inWords<T>(root: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error)) throw error;
    throw new WorldError(
      `${root}: ${error.message}`,
      'see that the folder can be read and written',
    );
  }
}
