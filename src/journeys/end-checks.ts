import type { JobRequest, Outcome } from '../core/model/job.ts';
import { endedReports } from '../core/render/ended-checks.ts';
import type { GitHubApp } from '../edge/github/app.ts';
import { reach } from './shared/reach.ts';

export interface EndChecksWorld {
  readonly github: Pick<GitHubApp, 'repository'>;
}

type EndChecksRequest = Extract<JobRequest, { readonly kind: 'end-checks' }>;

/** Gives checks that nobody works on any more an end that says so. */
export async function endChecks(
  { github }: EndChecksWorld,
  { repository, head, why }: EndChecksRequest,
): Promise<Outcome> {
  const reached = await reach(github, repository);
  if (reached.kind !== 'reached') return reached;
  for (const report of endedReports(head, { why, again: 'by hand' })) {
    await reached.repository.checks.end(report);
  }
  return { kind: 'done', what: 'checks ended' };
}
