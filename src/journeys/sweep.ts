import { WorldError } from '../core/model/failures.ts';
import type { JobRequest, Outcome } from '../core/model/job.ts';
import { matchingBranches } from '../core/decide/base-branches.ts';
import { sweepOutcome } from '../core/render/sweep.ts';
import type { SweptBase } from '../core/render/sweep.ts';
import type { GitHubRepository, RepositoryFacts } from '../edge/github/repository.ts';
import { policyOn } from './shared/remote-policy.ts';
import { reach } from './shared/reach.ts';
import { sweepBase } from './shared/sweep-base.ts';
import type { SweepWorld } from './shared/sweep-base.ts';

type SweepRequest = Extract<JobRequest, { readonly kind: 'sweep' }>;

/** Brings the pull requests of a repository to what upstream and its own files say, on every base branch. */
export async function sweep(world: SweepWorld, request: SweepRequest): Promise<Outcome> {
  const reached = await reach(world.github, request.repository);
  if (reached.kind !== 'reached') return reached;
  const { repository, facts } = reached;
  const bases = await baseBranches(world, repository, facts);
  const swept: SweptBase[] = [];
  let failure: WorldError | undefined;
  for (const base of bases) {
    try {
      swept.push(await sweepBase(world, repository, base));
    } catch (error) {
      // The other branches do not wait for what ails one of them; the whole sweep is tried again.
      if (!(error instanceof WorldError)) throw error;
      failure ??= error;
    }
  }
  if (failure) throw failure;
  return sweepOutcome(swept);
}

/** As the policy on the default branch says. */
async function baseBranches(
  world: SweepWorld,
  repository: GitHubRepository,
  { defaultBranch }: RepositoryFacts,
): Promise<readonly string[]> {
  const policy = await policyOn(world.images, repository, defaultBranch);
  return policy ? matchingBranches(policy, await repository.branchNames()) : [];
}
