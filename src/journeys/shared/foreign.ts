import { isApproved } from '../../core/formats/approval-marker.ts';
import type { BuildTarget } from './build-target.ts';
import type { BuildWorld } from './build-world.ts';

/** True for a stranger's commit that nobody who may write has named: it is not built. */
export async function isForeign(
  { github }: Pick<BuildWorld, 'github'>,
  { pull, reached, head }: BuildTarget,
): Promise<boolean> {
  if (!pull || pull.headRepository === reached.name) return false;
  const said = await reached.repository.comments.own(pull.number, await github.account());
  return !isApproved(said, head);
}
