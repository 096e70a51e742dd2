import type { JobRequest, Outcome } from '../core/model/job.ts';
import { matchingBranches } from '../core/decide/base-branches.ts';
import type { ImagesMirror } from '../edge/git/images-mirror.ts';
import type { GitHubApp } from '../edge/github/app.ts';
import type { Store } from '../edge/store/store.ts';
import { reach } from './shared/reach.ts';
import { policyOn } from './shared/remote-policy.ts';

export interface PushWorld {
  readonly github: Pick<GitHubApp, 'repository'>;
  readonly images: ImagesMirror;
  readonly store: Pick<Store, 'enqueue'>;
}

type PushRequest = Extract<JobRequest, { readonly kind: 'push' }>;

/** A push to a base branch asks for a sweep: what is proposed there stands on what was pushed. */
export async function lookAtPush(world: PushWorld, request: PushRequest): Promise<Outcome> {
  const { branch } = request;
  const reached = await reach(world.github, request.repository);
  if (reached.kind !== 'reached') return reached;
  const { repository, facts, name } = reached;
  const policy = await policyOn(world.images, repository, facts.defaultBranch);
  if (!policy || matchingBranches(policy, [branch]).length === 0) {
    return { kind: 'nothing', why: `${branch} is no base branch of ${name}` };
  }
  await world.store.enqueue({ kind: 'sweep', repository: request.repository });
  // What the policy says of merging may have changed.
  await world.store.enqueue({ kind: 'help-merge', repository: request.repository });
  return { kind: 'done', what: `sweep ${name}` };
}
