import { readCommit } from '../git/commits.ts';
import { listRefs } from '../git/refs.ts';
import { runsOf, showCheckRunEvent, showSuiteEvent } from '../show/checks.ts';
import type { App, CheckRun, CheckSuite } from '../state/nouns.ts';
import { Refusal } from '../state/refusal.ts';
import { announce } from '../state/site.ts';
import type { Happening, Place, Scene } from '../state/site.ts';
import { checkFields, worstOf } from './check-rules.ts';
import type { CheckFields, CheckOutput } from './check-rules.ts';

const staleAfter = 14 * 86_400_000;
const mostRunsOfAName = 1000;

export interface NewSuite {
  readonly headSha: string;
  readonly headBranch?: string | null;
  readonly before?: string | null;
}

/** The App's suite of a commit, made when there is none. */
export async function ensureSuite(
  scene: Scene,
  app: App,
  fields: NewSuite,
): Promise<{ readonly suite: CheckSuite; readonly isNew: boolean }> {
  const { site, repository } = scene;
  const { headSha } = fields;
  await commitOf(scene, headSha);
  const held = [...repository.suites.values()].find(
    (suite) => suite.app === app && suite.headSha === headSha,
  );
  if (held) return { suite: held, isNew: false };
  const now = site.clock.now();
  const suite: CheckSuite = {
    id: site.nextId(),
    app,
    headSha,
    headBranch: fields.headBranch ?? (await branchAt(scene, headSha)),
    before: fields.before ?? null,
    createdAt: now,
    updatedAt: now,
    status: 'queued',
    conclusion: null,
  };
  repository.suites.set(suite.id, suite);
  return { suite, isNew: true };
}

async function commitOf({ repository }: Place, sha: string) {
  const commit = await readCommit(repository.dir, sha);
  if (!commit) throw new Refusal(422, `No commit found for SHA: ${sha}`);
  return commit;
}

async function branchAt({ repository }: Place, sha: string): Promise<string | null> {
  const heads = await listRefs(repository.dir, 'refs/heads/');
  const [ref] = [...heads].find(([, id]) => id === sha) ?? [];
  return ref?.slice('refs/heads/'.length) ?? null;
}

export async function createRun(
  scene: Scene & { readonly app: App },
  headSha: string,
  fields: CheckFields & { readonly name: string },
): Promise<CheckRun> {
  const { site, repository, app } = scene;
  checkFields(fields);
  const { suite } = await ensureSuite(scene, app, { headSha });
  const now = site.clock.now();
  const run: CheckRun = {
    ...{ id: site.nextId(), suite, app, headSha, createdAt: now, annotations: [] },
    ...{ name: fields.name, externalId: '', detailsUrl: null, status: 'queued', conclusion: null },
    ...{ startedAt: now, completedAt: null, title: null, summary: null, text: null, actions: [] },
  };
  repository.checks.set(run.id, run);
  dropOldest(scene, run);
  applyFields(scene, run, fields);
  tellRun(scene, run, { action: 'created' });
  if (run.status === 'completed') tellRun(scene, run, { action: 'completed' });
  await settleSuite(scene, suite);
  return run;
}

/** A suite keeps so many runs of a name; older ones go. */
function dropOldest({ repository }: Place, run: CheckRun): void {
  const same = runsOf({ repository } as Place, run.suite).filter(({ name }) => name === run.name);
  for (const old of same.slice(0, -mostRunsOfAName)) repository.checks.delete(old.id);
}

export async function updateRun(
  scene: Scene & { readonly app: App },
  run: CheckRun,
  fields: CheckFields,
): Promise<void> {
  if (run.app !== scene.app) {
    const why = 'check run can only be modified by the GitHub App that created it.';
    throw new Refusal(403, `Invalid app_id \`${scene.app.id}\` - ${why}`);
  }
  checkFields(fields);
  const wasCompleted = run.status === 'completed';
  applyFields(scene, run, fields);
  if (run.status === 'completed' && !wasCompleted) tellRun(scene, run, { action: 'completed' });
  await settleSuite(scene, run.suite);
}

function applyFields(scene: Scene, run: CheckRun, fields: CheckFields): void {
  const { name, details_url, external_id, started_at, actions, output } = fields;
  if (name !== undefined) run.name = name;
  if (details_url !== undefined) run.detailsUrl = details_url;
  if (external_id !== undefined) run.externalId = external_id;
  if (started_at !== undefined) run.startedAt = Date.parse(started_at);
  if (actions !== undefined) run.actions = actions;
  if (output !== undefined) applyOutput(run, output);
  applyStatus(scene, run, fields);
}

function applyOutput(run: CheckRun, output: CheckOutput): void {
  run.title = output.title ?? run.title;
  run.summary = output.summary;
  run.text = output.text ?? run.text;
  // Each request adds its own to those that are there.
  run.annotations.push(...(output.annotations ?? []));
}

function applyStatus({ site }: Scene, run: CheckRun, fields: CheckFields): void {
  const { status, conclusion, completed_at } = fields;
  if (conclusion !== undefined) {
    run.status = 'completed';
    run.conclusion = conclusion;
    run.completedAt = completed_at === undefined ? site.clock.now() : Date.parse(completed_at);
  } else if (status !== undefined) {
    run.status = status;
    run.conclusion = null;
    run.completedAt = null;
  }
}

async function settleSuite(scene: Scene, suite: CheckSuite): Promise<void> {
  const runs = runsOf(scene, suite);
  const before = suite.status;
  suite.updatedAt = scene.site.clock.now();
  const done = runs.every(({ status }) => status === 'completed');
  const begun = runs.some(({ status }) => status !== 'queued');
  suite.status = done ? 'completed' : begun ? 'in_progress' : 'queued';
  suite.conclusion = done ? worstOf(runs.map(({ conclusion }) => conclusion)) : null;
  if (done && before !== 'completed') await tellSuite(scene, suite, 'completed');
}

function tellRun(
  scene: Scene,
  run: CheckRun,
  {
    action,
    only,
    ...more
  }: { readonly action: string; readonly only?: App } & Partial<
    Record<'requested_action', unknown>
  >,
): void {
  const { site, repository, actor } = scene;
  const payload = { check_run: showCheckRunEvent(scene, run), ...more };
  const happening: Happening = { event: 'check_run', action, actor, repository, payload };
  announce(site, only ? { ...happening, only } : happening);
}

export async function tellSuite(scene: Scene, suite: CheckSuite, action: string): Promise<void> {
  const { site, repository, actor } = scene;
  const head = await commitOf(scene, suite.headSha);
  const payload = { check_suite: showSuiteEvent(scene, suite, head) };
  // Asking concerns the App whose suite it is; that it ended concerns whoever listens.
  const only = action === 'completed' ? {} : { only: suite.app };
  announce(site, { event: 'check_suite', action, actor, repository, payload, ...only });
}

/** The button «Re-run» of one check. The run itself stays as it is: what to do is the App's affair. */
export function rerequestRun(scene: Scene, run: CheckRun): void {
  run.suite.status = 'queued';
  run.suite.conclusion = null;
  tellRun(scene, run, { action: 'rerequested', only: run.app });
}

export async function rerequestSuite(scene: Scene, suite: CheckSuite): Promise<void> {
  suite.status = 'queued';
  suite.conclusion = null;
  await tellSuite(scene, suite, 'rerequested');
}

/** One of the buttons that the App gave the check. */
export function requestAction(scene: Scene, run: CheckRun, identifier: string): void {
  if (!run.actions.some((action) => action.identifier === identifier)) {
    throw new Refusal(422, `check run ${run.id} has no action ${identifier}`);
  }
  const requested_action = { identifier };
  tellRun(scene, run, { action: 'requested_action', only: run.app, requested_action });
}

/** What nobody finished in two weeks is stale; asked before checks are read. */
export function ageChecks({ site, repository }: Place): void {
  const oldest = site.clock.now() - staleAfter;
  for (const run of repository.checks.values()) {
    if (run.status === 'completed' || run.createdAt > oldest) continue;
    run.status = 'completed';
    run.conclusion = 'stale';
    run.completedAt = run.createdAt + staleAfter;
  }
}
