import type { JobRequest, Outcome } from '../core/model/job.ts';
import { endedReports } from '../core/render/ended-checks.ts';
import { notBegun } from '../core/render/images-check.ts';
import type { GitHubApp } from '../edge/github/app.ts';
import type { Store } from '../edge/store/store.ts';
import { reach } from './shared/reach.ts';

export interface EndChecksWorld {
  readonly github: Pick<GitHubApp, 'repository'>;
  readonly store: { readonly builds: Pick<Store['builds'], 'at'> };
}

type EndChecksRequest = Extract<JobRequest, { readonly kind: 'end-checks' }>;

/** Gives checks that nobody works on any more an end that says so. */
export async function endChecks(
  { github, store }: EndChecksWorld,
  { repository, head, why, images }: EndChecksRequest,
): Promise<Outcome> {
  const reached = await reach(github, repository);
  if (reached.kind !== 'reached') return reached;
  if (images) {
    // What was begun before is told of by whoever looks at builds.
    const builds = await store.builds.at(repository, head);
    if (builds.length > 0) return { kind: 'nothing', why: 'there is a build to tell of' };
    await reached.repository.checks.end(notBegun(head, why));
    return { kind: 'done', what: 'check of images ended' };
  }
  for (const report of endedReports(head, { why, again: 'by hand' })) {
    await reached.repository.checks.end(report);
  }
  return { kind: 'done', what: 'checks ended' };
}
