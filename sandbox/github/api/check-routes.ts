import { mergeWhatWaits } from '../acts/auto-merge.ts';
import {
  ageChecks,
  createRun,
  ensureSuite,
  rerequestRun,
  rerequestSuite,
  updateRun,
} from '../acts/checks.ts';
import type { CheckFields } from '../acts/check-rules.ts';
import { readCommit } from '../git/commits.ts';
import { runsOf, showAnnotation, showCheckRun, showSuite } from '../show/checks.ts';
import { showRepository } from '../show/repositories.ts';
import type { App, CheckRun, CheckSuite } from '../state/nouns.ts';
import { notAccessible, notFound, Refusal } from '../state/refusal.ts';
import type { Scene } from '../state/site.ts';
import { created, numberOf, ok } from './call.ts';
import type { Answer, RepositoryCall, RepositoryRoutes } from './call.ts';
import { countedAnswer, listAnswer, pageOf } from './pages.ts';
import { resolveCommit } from './repository-routes.ts';

/** Only Apps write checks. */
function appScene({ scene }: RepositoryCall): Scene & { readonly app: App } {
  const { app } = scene;
  if (!app) throw notAccessible();
  return { ...scene, app };
}

function runOf(call: RepositoryCall): CheckRun {
  ageChecks(call);
  const run = call.repository.checks.get(numberOf(call, 'check_run_id'));
  if (!run) throw notFound();
  return run;
}

function suiteOf(call: RepositoryCall): CheckSuite {
  const suite = call.repository.suites.get(numberOf(call, 'check_suite_id'));
  if (!suite) throw notFound();
  return suite;
}

async function create(call: RepositoryCall): Promise<Answer> {
  const fields = call.body as CheckFields & { readonly name: string; readonly head_sha: string };
  const run = await createRun(appScene(call), fields.head_sha, fields);
  await mergeWhatWaits(call.scene);
  return created(showCheckRun(call, run));
}

async function update(call: RepositoryCall): Promise<Answer> {
  const run = runOf(call);
  await updateRun(appScene(call), run, call.body as CheckFields);
  await mergeWhatWaits(call.scene);
  return ok(showCheckRun(call, run));
}

function annotations(call: RepositoryCall): Answer {
  const run = runOf(call);
  return listAnswer(call, run.annotations, (one) => showAnnotation(call, run, one));
}

async function shaOf(call: RepositoryCall): Promise<string> {
  const name = call.params['ref'] ?? '';
  const sha = await resolveCommit(call.repository, name);
  if (sha === undefined) throw new Refusal(422, `No commit found for SHA: ${name}`);
  return sha;
}

/** `latest` keeps of each suite the newest run of a name. */
function filterRuns(call: RepositoryCall, runs: readonly CheckRun[]): readonly CheckRun[] {
  const { query } = call;
  const found = runs
    .filter((run) => query['check_name'] === undefined || run.name === query['check_name'])
    .filter((run) => query['status'] === undefined || run.status === query['status'])
    .filter((run) => query['app_id'] === undefined || String(run.app.id) === query['app_id']);
  // GitHub lists the newest first.
  const newestFirst = [...found].sort((a, b) => b.id - a.id);
  if (query['filter'] === 'all') return newestFirst;
  const seen = new Set<string>();
  return newestFirst.filter((run) => {
    const key = `${run.suite.id} ${run.name}`;
    const isFirst = !seen.has(key);
    seen.add(key);
    return isFirst;
  });
}

function runsAnswer(call: RepositoryCall, runs: readonly CheckRun[]): Answer {
  const all = filterRuns(call, runs);
  return countedAnswer(call, { name: 'check_runs', all }, (run) => showCheckRun(call, run));
}

async function runsOfCommit(call: RepositoryCall): Promise<Answer> {
  ageChecks(call);
  const sha = await shaOf(call);
  const runs = [...call.repository.checks.values()].filter(({ headSha }) => headSha === sha);
  return runsAnswer(call, runs);
}

async function suitesOfCommit(call: RepositoryCall): Promise<Answer> {
  const sha = await shaOf(call);
  const { query } = call;
  const suites = [...call.repository.suites.values()]
    .filter(({ headSha }) => headSha === sha)
    .filter(({ app }) => query['app_id'] === undefined || String(app.id) === query['app_id'])
    .filter(
      (suite) =>
        query['check_name'] === undefined ||
        runsOf(call, suite).some(({ name }) => name === query['check_name']),
    );
  const { items, headers } = pageOf(call, suites);
  const check_suites = await Promise.all(items.map((suite) => suiteShown(call, suite)));
  return { ...ok({ total_count: suites.length, check_suites }), headers };
}

async function suiteShown(call: RepositoryCall, suite: CheckSuite) {
  const head = await readCommit(call.repository.dir, suite.headSha);
  if (!head) throw notFound();
  return showSuite(call, suite, head);
}

async function createSuite(call: RepositoryCall): Promise<Answer> {
  const { head_sha } = call.body as { readonly head_sha: string };
  const scene = appScene(call);
  const { suite, isNew } = await ensureSuite(scene, scene.app, { headSha: head_sha });
  return { status: isNew ? 201 : 200, body: await suiteShown(call, suite) };
}

async function rerequestSuiteOf(call: RepositoryCall): Promise<Answer> {
  await rerequestSuite(call.scene, suiteOf(call));
  return created({});
}

const run = '/repos/{owner}/{repo}/check-runs/{check_run_id}';
const suite = '/repos/{owner}/{repo}/check-suites/{check_suite_id}';
const read = 'checks:read';
const write = 'checks:write';
export const checkRoutes: RepositoryRoutes = {
  'POST /repos/{owner}/{repo}/check-runs': { needs: write, answer: create },
  [`GET ${run}`]: { needs: read, answer: (call) => ok(showCheckRun(call, runOf(call))) },
  [`PATCH ${run}`]: { needs: write, answer: update },
  [`GET ${run}/annotations`]: { needs: read, answer: annotations },
  [`POST ${run}/rerequest`]: {
    needs: write,
    answer: (call) => {
      rerequestRun(call.scene, runOf(call));
      return created({});
    },
  },
  'POST /repos/{owner}/{repo}/check-suites': { needs: write, answer: createSuite },
  'PATCH /repos/{owner}/{repo}/check-suites/preferences': {
    needs: write,
    answer: (call) =>
      ok({
        preferences: call.body,
        repository: showRepository(call.site, call.repository),
      }),
  },
  [`GET ${suite}`]: {
    needs: read,
    answer: async (call) => ok(await suiteShown(call, suiteOf(call))),
  },
  [`GET ${suite}/check-runs`]: {
    needs: read,
    answer: (call) => {
      ageChecks(call);
      return runsAnswer(call, runsOf(call, suiteOf(call)));
    },
  },
  [`POST ${suite}/rerequest`]: { needs: write, answer: rerequestSuiteOf },
  'GET /repos/{owner}/{repo}/commits/{ref}/check-runs': { needs: read, answer: runsOfCommit },
  'GET /repos/{owner}/{repo}/commits/{ref}/check-suites': { needs: read, answer: suitesOfCommit },
};
