import type { FileMode, Snapshot } from '../../core/model/snapshot.ts';
import type { ImagesMirror } from '../../edge/git/images-mirror.ts';
import type { GitHubRepository } from '../../edge/github/repository.ts';

export interface BranchSnapshot {
  readonly commit: string;
  readonly snapshot: Snapshot;
}

/** What a repository declares at the head of a branch; `undefined` where there is no such branch. */
export async function snapshotOf(
  images: ImagesMirror,
  repository: GitHubRepository,
  branch: string,
): Promise<BranchSnapshot | undefined> {
  const commit = await repository.branches.head(branch);
  if (commit === undefined) return undefined;
  const url = await repository.gitUrl();
  const snapshot = await images.snapshotAt({ url, ref: `refs/heads/${branch}`, commit });
  return { commit, snapshot };
}

/** Modes of the files that are there; new ones are plain. */
export function modesIn({ files }: Snapshot): (path: string) => FileMode {
  return (path) => files.get(path)?.mode ?? 'file';
}
