import type { Build, BuildRun, RunFacts } from '../../core/model/build.ts';
import { isRefusal } from '../../core/model/failures.ts';
import type { RepositoryName } from '../../core/model/repository.ts';
import { advance, usualPatience } from '../../core/decide/build-state.ts';
import type { RunReport } from '../../core/decide/build-state.ts';
import type { Actions } from '../../edge/github/actions.ts';
import type { GitHubRepository } from '../../edge/github/repository.ts';
import { buildWorkflow } from './build-world.ts';
import type { BuildWorld } from './build-world.ts';

type LookingWorld = Pick<BuildWorld, 'store' | 'now'>;

/** What GitHub said of the runs of a build, by part. */
export type RunReports = ReadonlyMap<number, RunReport>;

/** Looks how far the runs of a build are, and writes it down. */
export async function lookAtRuns(
  { store, now }: LookingWorld,
  repository: GitHubRepository,
  id: string,
): Promise<RunReports> {
  const build = await store.builds.get(id);
  const reports = new Map<number, RunReport>();
  for (const run of build?.runs ?? []) {
    const report = await runReport(repository, run);
    if (report) reports.set(run.part, report);
  }
  const options = { now: now(), patience: usualPatience };
  await store.builds.change(id, (known) => advance(known, reports, options));
  return reports;
}

async function runReport(
  { actions }: GitHubRepository,
  { run, correlation, dispatchedAt }: BuildRun,
): Promise<RunReport | undefined> {
  if (dispatchedAt === undefined) return undefined;
  const asked = { workflow: buildWorkflow, correlation, since: dispatchedAt };
  const found = run ? await actions.run(run.id) : await actions.find(asked);
  switch (found.kind) {
    case 'found':
      return withJobs(actions, found);
    case 'none':
      return { kind: run ? 'gone' : 'not found' };
    case 'refused':
      return found;
  }
}

async function withJobs(
  actions: Actions,
  found: { readonly kind: 'found'; readonly run: RunFacts },
): Promise<RunReport> {
  try {
    return { ...found, jobs: await actions.jobs(found.run.id) };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { kind: 'refused', why: error.message };
  }
}

/** The builds of a commit, the newest first. A run that nobody could look at may go on: it is looked at again. */
export async function buildsAt(
  world: LookingWorld,
  repository: GitHubRepository,
  { installed, head }: { readonly installed: RepositoryName; readonly head: string },
): Promise<readonly Build[]> {
  const builds = await world.store.builds.at(installed, head);
  const hidden = builds.filter(({ runs }) => runs.some(({ refused }) => refused !== undefined));
  if (hidden.length === 0) return builds;
  for (const { id } of hidden) {
    await lookAtRuns(world, repository, id);
    await world.store.enqueue({ kind: 'report-build', build: id });
  }
  return world.store.builds.at(installed, head);
}
