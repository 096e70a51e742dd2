import { expect, it } from 'vitest';
import type { RunnerTask } from '../../sandbox/github/actions/nouns.ts';
import type { OpenStackStory } from '../../sandbox/openstack-story.ts';
import { sceneUpstreams, settle, startScene } from '../support/app-scene.ts';
import type { Scene } from '../support/app-scene.ts';
import { buildJobs, workflowPath, workflowText } from '../support/build-scene.ts';
import { useStore } from '../support/store.ts';

const used = useStore();
const series = '2025.2';
const required = ['config', 'constraints', 'patches', 'images'].map((name) => `pinwheel/${name}`);

function story(...versions: readonly string[]): OpenStackStory {
  return {
    series: [{ id: series, name: 'flamingo', status: 'maintained', initialRelease: '2025-10-01' }],
    components: [{ name: 'nova', lines: { [series]: [...versions] } }],
  };
}

const files = {
  '.github/pinwheel.yml': 'merge: auto\n',
  [workflowPath]: workflowText,
  'images/python-base/Dockerfile': `FROM ubuntu:noble@sha256:${'ab'.repeat(32)}\n`,
  'images/nova/Dockerfile': 'FROM python-base\nRUN --mount=type=bind,from=source,target=/s true\n',
  [`releases/${series}/source-refs.yaml`]: 'nova: "32.0.0"\n',
};

interface MergeScene extends Scene {
  readonly runs: readonly RunnerTask[];
}

/** A protected repository whose bot may merge; then upstream has a release. */
async function released({
  queue,
  seconds,
}: {
  readonly queue?: true;
  readonly seconds: number;
}): Promise<MergeScene> {
  const upstreams = await sceneUpstreams(story('32.0.0'));
  const here = await startScene({ databaseUrl: used.url, upstreams, files, builds: true });
  const runs: RunnerTask[] = [];
  here.github.runActions('acme/images', (task) => {
    runs.push(task);
    return buildJobs(task, () => ({ seconds }));
  });
  await here.alice.allowAutoMerge();
  await here.alice.protect({
    ...{ pattern: 'main', requiredChecks: required, ...(queue && { mergeQueue: queue }) },
  });
  await here.settle();
  // Its lock and constraints are brought up to date by the bot; then comes what this is about.
  await upstreams.tell(story('32.0.0', '32.1.0'));
  await here.sweepAgain();
  return { ...here, runs };
}

interface Pull {
  readonly number: number;
  readonly merged_at: string | null;
  readonly head: { readonly ref: string };
  readonly auto_merge: { readonly enabled_by: { readonly login: string } } | null;
}

interface Checks {
  readonly check_runs: readonly { readonly name: string; readonly conclusion: string | null }[];
}

async function api<T>({ github, alice }: Scene, path: string): Promise<T> {
  const headers = { authorization: `Bearer ${alice.token}` };
  const answer = await fetch(`${github.apiUrl}/repos/acme/images${path}`, { headers });
  return (await answer.json()) as T;
}

async function refsPull(here: Scene): Promise<Pull> {
  const pulls = await api<readonly Pull[]>(here, '/pulls?state=all');
  const found = pulls.find(({ head }) => head.ref.endsWith(`/${series}/refs`));
  if (!found) throw new Error('the bot opened no pull request for the pins');
  return found;
}

it('a pull request of the bot merges by itself when its images are built', async () => {
  const here = await released({ seconds: 0.3 });
  await here.bot.until(async () => (await refsPull(here)).merged_at !== null);
  await settle(here);
  expect((await refsPull(here)).merged_at).not.toBeNull();
  expect(here.runs.map(({ inputs }) => inputs['publish'])).toContain('false');
}, 120_000);

it('it is taken back when somebody else pushes to its branch, or holds it', async () => {
  const here = await released({ seconds: Infinity });
  const asked = await refsPull(here);
  expect(asked.auto_merge?.enabled_by.login).toBe('pinwheel[bot]');
  await here.alice.label(asked.number, 'pinwheel/hold');
  await here.settle();
  expect((await refsPull(here)).auto_merge).toBeNull();
  await here.alice.unlabel(asked.number, 'pinwheel/hold');
  await here.settle();
  expect((await refsPull(here)).auto_merge?.enabled_by.login).toBe('pinwheel[bot]');
  const branch = asked.head.ref;
  await here.alice.push({ branch, files: { 'README.md': 'mine\n' }, message: 'Mine' });
  await here.settle();
  expect(await refsPull(here)).toMatchObject({ auto_merge: null, merged_at: null });
}, 120_000);

it('by way of a merge queue, whose groups get all checks and publish nothing', async () => {
  const here = await released({ queue: true, seconds: 0.3 });
  await here.bot.until(async () => (await refsPull(here)).merged_at !== null);
  await settle(here);
  // GitHub takes the branch of a group away: what was checked there is what main became. There its
  // images are built once more, to be published, and the check goes on until that is done.
  const merge = await api<{ readonly sha: string }>(here, '/commits/main');
  await here.bot.until(async () => {
    const { check_runs: runs } = await api<Checks>(here, `/commits/${merge.sha}/check-runs`);
    const fine = runs.filter(({ conclusion }) => /^(?:success|neutral)$/.test(conclusion ?? ''));
    return required.every((name) => fine.some((run) => run.name === name));
  });
  expect(here.runs.map(({ inputs }) => inputs['publish'])).toContain('true');
  const commits = here.runs.filter(({ inputs }) => inputs['publish'] === 'false');
  // The head of the pull request, and the group.
  expect(new Set(commits.map(({ inputs }) => inputs['commit'])).size).toBeGreaterThan(1);
}, 120_000);
