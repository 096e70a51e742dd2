import type { JobRequest, Outcome } from '../core/model/job.ts';
import { count } from '../core/render/markdown.ts';
import type { GitHubApp } from '../edge/github/app.ts';
import type { Store } from '../edge/store/store.ts';

export interface SweepAllWorld {
  readonly github: Pick<GitHubApp, 'repositories'>;
  readonly store: Pick<Store, 'enqueue'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

type SweepAllRequest = Extract<JobRequest, { readonly kind: 'sweep-all' }>;

const hour = 3_600_000;

/** A job for every installed repository, so that none waits for the trouble of another. */
export async function sweepAll(world: SweepAllWorld, request: SweepAllRequest): Promise<Outcome> {
  const until = Math.floor(world.now() / hour) * hour;
  const repositories = await world.github.repositories();
  if (repositories.length === 0) return { kind: 'nothing', why: 'it is installed nowhere' };
  const jobs = repositories.map((repository): JobRequest =>
    request.everything === true
      ? { kind: 'sweep', repository }
      : { kind: 'sweep-if-due', repository, until },
  );
  await Promise.all(jobs.map((job) => world.store.enqueue(job)));
  return { kind: 'done', what: count(repositories.length, 'repository') };
}
