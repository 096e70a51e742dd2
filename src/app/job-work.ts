import type { InstalledRepository } from '../core/model/repository.ts';
import type { GitHubApp } from '../edge/github/app.ts';
import type { GitHubRepository } from '../edge/github/repository.ts';
import type { Store } from '../edge/store/store.ts';
import { build } from '../journeys/build.ts';
import { checkCommit } from '../journeys/check-commit.ts';
import { endChecks } from '../journeys/end-checks.ts';
import { endCommand } from '../journeys/end-command.ts';
import { helpMerge } from '../journeys/help-merge.ts';
import { lookAtPush } from '../journeys/look-at-push.ts';
import { press } from '../journeys/press.ts';
import { reportBuild, reportBuilds, reportRun } from '../journeys/report-build.ts';
import { runCommand } from '../journeys/run-command.ts';
import { recoverDeliveries } from '../journeys/recover-deliveries.ts';
import { sweep } from '../journeys/sweep.ts';
import { sweepIfDue } from '../journeys/sweep-if-due.ts';
import { sweepAll } from '../journeys/sweep-all.ts';
import { takeDelivery } from '../journeys/take-delivery.ts';
import { updateLock } from '../journeys/update-lock.ts';
import type { AppWorld } from './app-world.ts';
import type { JobWork } from './worker.ts';

export interface JobWorld extends AppWorld {
  readonly github: GitHubApp;
  readonly store: Store;
}

/** How many days before a series ends people are told. */
const endNoticeDays = 60;

/** Each kind of job and its journey. */
export function journeyWork(world: JobWorld): JobWork {
  const { clock } = world;
  const common = {
    ...world,
    now: () => clock.now(),
    today: () => clock.today(),
    isoTime: (at: number) => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z'),
    horizon: () => clock.daysAhead(endNoticeDays),
  };
  /** The same world, in which GitHub is not asked any more once the job is over. */
  function until(signal: AbortSignal): typeof common {
    const { github } = world;
    function repository(one: InstalledRepository): GitHubRepository {
      return github.repository(one, signal);
    }
    return { ...common, github: { ...github, repository } };
  }
  return {
    delivery: (request) => takeDelivery(world, request),
    push: (request, signal) => lookAtPush(until(signal), request),
    'help-merge': (request, signal) => helpMerge(until(signal), request),
    sweep: (request, signal) => sweep(until(signal), request),
    check: (request, signal) => checkCommit(until(signal), request),
    'end-checks': (request, signal) => endChecks(until(signal), request),
    'update-lock': (request, signal) => updateLock(until(signal), request),
    command: (request, signal) =>
      (request.givenUp === undefined ? runCommand : endCommand)(until(signal), request),
    build: (request, signal) => build(until(signal), request),
    press: (request, signal) => press(until(signal), request),
    'report-build': (request, signal) => reportBuild(until(signal), request),
    'report-run': (request) => reportRun(common, request),
    'report-builds': () => reportBuilds(common),
    'recover-deliveries': () => recoverDeliveries(common),
    'sweep-all': (request) => sweepAll(common, request),
    'sweep-if-due': (request, signal) => sweepIfDue(until(signal), request),
  };
}
