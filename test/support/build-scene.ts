import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GitHub } from '../../sandbox/github/github.ts';
import type { RunnerTask, ScriptedJob } from '../../sandbox/github/actions/nouns.ts';
import { systemClock } from '../../src/edge/clock.ts';
import { placeWithApp, startTestApp, untilIdle } from './running-app.ts';
import type { Place, WatchedApp } from './running-app.ts';
import { serveOpenStack, smallRepository } from './small-openstack.ts';
import { jobsOfCell } from './workflow-jobs.ts';

export const workflowPath = '.github/workflows/build-images.yaml';

/** The real one; what its jobs do is told by a script. */
export const workflowText = readFileSync(new URL(`../../${workflowPath}`, import.meta.url), 'utf8');

interface ToldCell {
  readonly service: string;
  readonly series: string;
  readonly version: string;
  readonly digest: string;
}

/** What becomes of a cell at an attempt; nothing told is a success. */
export type CellScript = (
  name: string,
  task: RunnerTask,
) => Partial<Omit<ScriptedJob, 'name'>> | undefined;

/** Jobs of a run as the workflow has them: those of each cell, one of which leaves its result. */
export function buildJobs(task: RunnerTask, script: CellScript): readonly ScriptedJob[] {
  const cells = JSON.parse(task.inputs['cells'] ?? '[]') as readonly ToldCell[];
  return cells.flatMap((cell) => {
    const told = script(`${cell.service}/${cell.series}`, task);
    const jobs = jobsOfCell(cell, task.inputs['publish'] === 'true');
    return jobs.map(({ name, needs, artifacts }): ScriptedJob => {
      const file = { 'result.json': resultOf(cell) };
      const uploads = Object.fromEntries(artifacts.map((archive) => [archive, file] as const));
      return { name, needs, always: true, artifacts: uploads, ...told };
    });
  });
}

function resultOf({ service, series, version, digest }: ToldCell): string {
  return JSON.stringify({
    ...{ service, series, version, digest, image: `sha256:${'e'.repeat(64)}` },
    ...{ tags: [`${version}-p0-${series}`], packages: ['six==1.17.0'] },
  });
}

export interface BuildScene extends Place {
  readonly bot: WatchedApp;
  readonly alice: ReturnType<GitHub['as']>;
  /** What the workflow was told, each time it began. */
  readonly runs: readonly RunnerTask[];
}

type Files = Readonly<Record<string, string>>;

export interface BuildSceneOptions {
  readonly databaseUrl: string;
  readonly script?: CellScript;
  /** The function is told where upstreams are. */
  readonly files?: Files | ((upstreams: string) => Files);
  /** `false`: the repository has no workflow that builds; a text: it has this one. */
  readonly workflow?: false | string;
  /** By the App's clock. Default: that of the machine. */
  readonly now?: () => number;
}

/** An images repository with a workflow on a small GitHub, small upstreams, and the App. */
export async function buildScene(options: BuildSceneOptions): Promise<BuildScene> {
  const { databaseUrl, script = () => undefined, files = smallRepository } = options;
  const { workflow = workflowText, now = () => Date.now() } = options;
  const { server, template } = await serveOpenStack();
  const given = typeof files === 'function' ? files(server.url) : files;
  const own = workflow === false ? given : { ...given, [workflowPath]: workflow };
  const place = await placeWithApp({ files: own });
  const runs: RunnerTask[] = [];
  place.github.runActions('acme/images', (task) => {
    runs.push(task);
    return buildJobs(task, script);
  });
  const bot = await startTestApp({
    ...{ ...place, databaseUrl, builds: true },
    config: { upstream: [template] },
    world: { clock: { ...systemClock(), now } },
    work: {
      sweep: () => Promise.resolve({ kind: 'nothing', why: 'this is about builds' }),
      check: () => Promise.resolve({ kind: 'nothing', why: 'this is about builds' }),
    },
  });
  return { ...place, bot, alice: place.github.as('alice'), runs };
}

/** Until nothing is on its way any more, nor asked for at a later time. */
export async function settle({ bot, github }: BuildScene): Promise<void> {
  for (let quiet = 0; quiet < 2; quiet += 1) {
    await github.settled();
    await untilIdle(bot);
    await sleep(50);
  }
}

export async function api<T>({ github, alice }: BuildScene, path: string): Promise<T> {
  const headers = { authorization: `Bearer ${alice.token}` };
  const answer = await fetch(`${github.apiUrl}/repos/acme/images${path}`, { headers });
  return (await answer.json()) as T;
}

export interface ImagesCheck {
  readonly status: string;
  readonly conclusion: string | null;
  readonly output: { readonly title: string; readonly summary: string };
}

/** The newest `pinwheel/images` of a commit. */
export async function imagesCheckOf(
  here: BuildScene,
  head: string,
): Promise<ImagesCheck | undefined> {
  type Answer = { readonly check_runs: readonly (ImagesCheck & { readonly name: string })[] };
  const { check_runs: runs } = await api<Answer>(here, `/commits/${head}/check-runs?filter=latest`);
  return runs.find(({ name }) => name === 'pinwheel/images');
}

interface Talk {
  readonly id: number;
  readonly body: string;
  readonly user: { readonly login: string };
  readonly reactions?: Readonly<Record<string, number>>;
}

/** What the bot said on a conversation. */
export async function saidOn(here: BuildScene, issue: number): Promise<readonly string[]> {
  const all = await api<readonly Talk[]>(here, `/issues/${issue}/comments`);
  return all.filter(({ user }) => user.login.endsWith('[bot]')).map(({ body }) => body);
}

/** Reactions on the comments of people, the newest comment last. */
export async function reactionsOn(here: BuildScene, issue: number): Promise<readonly string[]> {
  const all = await api<readonly Talk[]>(here, `/issues/${issue}/comments`);
  const people = all.filter(({ user }) => !user.login.endsWith('[bot]'));
  return Promise.all(
    people.map(async ({ id }) => {
      type Reaction = { readonly content: string };
      const found = await api<readonly Reaction[]>(here, `/issues/comments/${id}/reactions`);
      return found.map(({ content }) => content).join(' ');
    }),
  );
}
