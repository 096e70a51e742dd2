import { UserError } from '../../core/model/failures.ts';
import { tags } from '../../journeys/plan.ts';
import { withWorld } from '../common.ts';
import type { CommonOptions } from '../common.ts';
import { exitCodes } from '../exit.ts';
import { printJson, printLine } from '../output.ts';

interface TagOptions {
  readonly branch: string;
  readonly sha: string;
  readonly run?: string;
  readonly defaultBranch?: string;
}

export async function runTags(
  common: CommonOptions,
  ...[service, series, { branch, sha, ...more }]: readonly [string, string, TagOptions]
): Promise<number> {
  if (!/^[0-9a-f]{40}$/i.test(sha)) {
    throw new UserError(`--sha ${sha} is not a commit`, 'give all 40 hex digits');
  }
  if (branch.trim() === '') {
    throw new UserError('--branch is empty', 'name the branch that the images are built from');
  }
  const request = { service, series, branch, sha, ...more };
  const { immutable, moving, cell } = await withWorld(common, async (world) =>
    tags(world, request),
  );
  if (common.json) printJson({ immutable, moving, version: cell.version, digest: cell.digest });
  else for (const tag of [immutable, ...moving]) printLine(tag);
  return exitCodes.fine;
}
