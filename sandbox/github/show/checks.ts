import { isoDate } from '../state/clock.ts';
import { isPull } from '../state/nouns.ts';
import type { CheckAnnotation, CheckRun, CheckSuite } from '../state/nouns.ts';
import { nodeId } from '../state/site.ts';
import type { Place } from '../state/site.ts';
import type { Commit } from '../git/commits.ts';
import { showApp } from './accounts.ts';
import type { Shown } from './accounts.ts';
import { showSimpleCommit } from './commits.ts';
import { maybeDate } from './issues.ts';
import { showPullMinimal } from './pulls.ts';
import { apiUrlOf, showRepository, webUrlOf } from './repositories.ts';

/** Open pull requests with this head. GitHub does not see those of forks here. */
function showPullsOf(place: Place, sha: string): readonly Shown[] {
  return [...place.repository.issues.values()]
    .filter(isPull)
    .filter(({ state, pull }) => state === 'open' && pull.headSha === sha)
    .filter(({ pull }) => pull.headRepository === place.repository)
    .map((issue) => showPullMinimal(place, issue));
}

function checkPage({ site, repository }: Place, run: CheckRun): string {
  return `${webUrlOf(site, repository)}/runs/${run.id}`;
}

export function showCheckRun(place: Place, run: CheckRun): Shown {
  const url = `${apiUrlOf(place.site, place.repository)}/check-runs/${run.id}`;
  return {
    id: run.id,
    node_id: nodeId('CR', run.id),
    name: run.name,
    head_sha: run.headSha,
    external_id: run.externalId,
    url,
    html_url: checkPage(place, run),
    details_url: run.detailsUrl ?? run.app.externalUrl,
    status: run.status,
    conclusion: run.conclusion,
    started_at: maybeDate(run.startedAt),
    completed_at: maybeDate(run.completedAt),
    output: {
      title: run.title,
      summary: run.summary,
      text: run.text,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: run.suite.id },
    app: showApp(place.site, run.app),
    pull_requests: showPullsOf(place, run.headSha),
  };
}

/** As webhooks have it, where a run without a start cannot be written. */
export function showCheckRunEvent(place: Place, run: CheckRun): Shown {
  return {
    ...showCheckRun(place, run),
    started_at: isoDate(run.startedAt ?? run.createdAt),
    check_suite: showSuiteMention(place, run.suite),
  };
}

function showSuiteMention(place: Place, suite: CheckSuite): Shown {
  return {
    id: suite.id,
    node_id: nodeId('CS', suite.id),
    url: `${apiUrlOf(place.site, place.repository)}/check-suites/${suite.id}`,
    head_branch: suite.headBranch,
    head_sha: suite.headSha,
    before: suite.before,
    after: suite.headSha,
    status: suite.status,
    conclusion: suite.conclusion,
    created_at: isoDate(suite.createdAt),
    updated_at: isoDate(suite.updatedAt),
    app: showApp(place.site, suite.app),
    pull_requests: showPullsOf(place, suite.headSha),
  };
}

/** As webhooks have it. */
export function showSuiteEvent(place: Place, suite: CheckSuite, head: Commit): Shown {
  const mention = showSuiteMention(place, suite);
  return {
    ...mention,
    head_commit: showSimpleCommit(head),
    latest_check_runs_count: runsOf(place, suite).length,
    check_runs_url: `${String(mention['url'])}/check-runs`,
    rerequestable: true,
    runs_rerequestable: true,
  };
}

export function showSuite(place: Place, suite: CheckSuite, head: Commit): Shown {
  return {
    ...showSuiteEvent(place, suite, head),
    repository: showRepository(place.site, place.repository),
  };
}

export function runsOf({ repository }: Place, suite: CheckSuite): readonly CheckRun[] {
  return [...repository.checks.values()].filter((run) => run.suite === suite);
}

export function showAnnotation(place: Place, run: CheckRun, annotation: CheckAnnotation): Shown {
  const page = webUrlOf(place.site, place.repository);
  return {
    path: annotation.path,
    start_line: annotation.start_line,
    end_line: annotation.end_line,
    start_column: annotation.start_column ?? null,
    end_column: annotation.end_column ?? null,
    annotation_level: annotation.annotation_level,
    title: annotation.title ?? null,
    message: annotation.message,
    raw_details: annotation.raw_details ?? null,
    blob_href: `${page}/blob/${run.headSha}/${encodeURI(annotation.path)}`,
  };
}
