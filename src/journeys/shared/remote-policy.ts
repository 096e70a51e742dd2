import { policyPath } from '../../core/model/catalog.ts';
import type { Policy } from '../../core/model/policy.ts';
import type { Snapshot } from '../../core/model/snapshot.ts';
import { readPolicy } from '../../core/formats/policy.ts';
import type { ImagesMirror } from '../../edge/git/images-mirror.ts';
import type { GitHubRepository } from '../../edge/github/repository.ts';
import { snapshotOf } from './remote-snapshot.ts';

/** What the policy on a branch says; where it says nothing usable, the defaults. `undefined`: no such branch. */
export async function policyOn(
  images: ImagesMirror,
  repository: GitHubRepository,
  branch: string,
): Promise<Policy | undefined> {
  const found = await snapshotOf(images, repository, branch);
  if (!found) return undefined;
  return policyIn(found.snapshot);
}

export function policyIn({ files }: Snapshot): Policy {
  const bytes = files.get(policyPath)?.bytes;
  return readPolicy(bytes && Buffer.from(bytes).toString('utf8'), policyPath).value;
}
