import type { JobRequest, Outcome } from '../core/model/job.ts';
import { isDue } from '../core/decide/cron-due.ts';
import type { ImagesMirror } from '../edge/git/images-mirror.ts';
import type { GitHubApp } from '../edge/github/app.ts';
import type { Store } from '../edge/store/store.ts';
import { reach } from './shared/reach.ts';
import { policyOn } from './shared/remote-policy.ts';

export interface SweepIfDueWorld {
  readonly github: Pick<GitHubApp, 'repository'>;
  readonly images: ImagesMirror;
  readonly store: Pick<Store, 'enqueue'>;
}

type SweepIfDueRequest = Extract<JobRequest, { readonly kind: 'sweep-if-due' }>;

const hour = 3_600_000;

/** A sweep for a repository whose policy has a minute of its schedule in the hour that ended. */
export async function sweepIfDue(
  { github, images, store }: SweepIfDueWorld,
  { repository: installed, until }: SweepIfDueRequest,
): Promise<Outcome> {
  const reached = await reach(github, installed);
  if (reached.kind !== 'reached') return reached;
  const { repository, facts, name } = reached;
  const policy = await policyOn(images, repository, facts.defaultBranch);
  if (!policy || !isDue(policy.schedule, until - hour, until)) {
    return { kind: 'nothing', why: `${name} is not due` };
  }
  await store.enqueue({ kind: 'sweep', repository: installed });
  return { kind: 'done', what: `sweep ${name}` };
}
