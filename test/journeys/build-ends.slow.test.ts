import { describe, expect, it } from 'vitest';
import { actionsOf } from '../../sandbox/github/actions/workflows.ts';
import type { RepositoryActions } from '../../sandbox/github/actions/nouns.ts';
import { settle as settleForLong } from '../support/app-scene.ts';
import { findRepository } from '../../sandbox/github/state/site.ts';
import { api, buildScene, imagesCheckOf, settle, workflowText } from '../support/build-scene.ts';
import type { BuildScene, BuildSceneOptions, CellScript } from '../support/build-scene.ts';
import { smallRepository } from '../support/small-openstack.ts';
import { useStore } from '../support/store.ts';

const used = useStore();
const refs = 'releases/2025.2/source-refs.yaml';
const dockerfile = 'images/nova/Dockerfile';
const both = { [dockerfile]: `${smallRepository[dockerfile] ?? ''}# x\n` };
const goesOn: CellScript = () => ({ seconds: Infinity });
const failed: CellScript = (name) =>
  name === 'nova/2025.2' ? { conclusion: 'failure', log: 'x\n' } : undefined;

interface Proposed extends BuildScene {
  readonly head: string;
}

/** A pull request that has nova built in both series. */
async function proposed(options: Partial<BuildSceneOptions> = {}): Promise<Proposed> {
  const here = await buildScene({ databaseUrl: used.url, ...options });
  const head = await here.alice.push({ branch: 'topic', files: both, message: 'Change' });
  await here.alice.openPullRequest({ title: 'Change', head: 'topic' });
  await settle(here);
  return { ...here, head };
}

function actionsIn({ github }: BuildScene): RepositoryActions {
  const repository = findRepository(github.site, 'acme/images');
  if (!repository) throw new Error('there is no repository');
  return actionsOf({ site: github.site, repository });
}

/** The timer comes round. */
async function look(here: BuildScene): Promise<void> {
  await here.bot.store.enqueue({ kind: 'report-builds' });
  await settle(here);
}

function cellsOf(run: BuildScene['runs'][number] | undefined): readonly string[] {
  type Told = readonly { readonly service: string; readonly series: string }[];
  const cells = JSON.parse(run?.inputs['cells'] ?? '[]') as Told;
  return cells.map(({ service, series }) => `${service}/${series}`);
}

describe('a build', { timeout: 120_000 }, () => {
  it('whose run is deleted is lost, and can be had again', async () => {
    let isSlow = true;
    const here = await proposed({ script: () => (isSlow ? { seconds: Infinity } : undefined) });
    expect(await imagesCheckOf(here, here.head)).toMatchObject({ status: 'in_progress' });
    actionsIn(here).runs.clear();
    await look(here);
    const check = await imagesCheckOf(here, here.head);
    expect(check).toMatchObject({ conclusion: 'timed_out', output: { title: '2 lost' } });
    expect(check?.output.summary).toContain('GitHub has no run for it, or none any more');
    isSlow = false;
    await here.alice.press('pinwheel/images', 'rebuild-failed');
    await settle(here);
    expect(await imagesCheckOf(here, here.head)).toMatchObject({ conclusion: 'success' });
  });

  it('whose run never starts, or never ends, expires', async () => {
    let ahead = 0;
    const here = await proposed({ script: goesOn, now: () => Date.now() + ahead });
    ahead = 6 * 3_600_000;
    await look(here);
    expect(await imagesCheckOf(here, here.head)).toMatchObject({ status: 'in_progress' });
    ahead = 8 * 3_600_000;
    await look(here);
    const check = await imagesCheckOf(here, here.head);
    expect(check).toMatchObject({ conclusion: 'timed_out', output: { title: '2 expired' } });
    expect(check?.output.summary).toContain('it did not end in its time');

    actionsIn(here).runner = undefined;
    const next = await here.alice.push({
      branch: 'topic',
      files: { [dockerfile]: 'FROM python-base\n' },
      message: 'More',
    });
    await settle(here);
    expect(await imagesCheckOf(here, next)).toMatchObject({ status: 'in_progress' });
    ahead += 25 * 3_600_000;
    await look(here);
    expect(await imagesCheckOf(here, next)).toMatchObject({ conclusion: 'timed_out' });
  });

  it('that somebody stops on GitHub says so', async () => {
    const here = await proposed({ script: goesOn });
    const [id = 0] = actionsIn(here).runs.keys();
    const headers = { authorization: `Bearer ${here.alice.token}` };
    const url = `${here.github.apiUrl}/repos/acme/images/actions/runs/${id}/cancel`;
    await fetch(url, { method: 'POST', headers });
    await settle(here);
    const check = await imagesCheckOf(here, here.head);
    expect(check).toMatchObject({ conclusion: 'cancelled', output: { title: '2 cancelled' } });
    expect(check?.output.summary).toContain('somebody stopped it');
  });

  it('that nobody can stop in one go is stopped at the next look', async () => {
    const here = await proposed({ script: goesOn });
    const route = 'POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel';
    here.github.faults.plant({ on: route, fault: '502 before', times: 2 });
    await here.alice.press('pinwheel/images', 'cancel-build');
    await settle(here);
    await look(here);
    const check = await imagesCheckOf(here, here.head);
    expect(check).toMatchObject({ conclusion: 'cancelled', output: { title: '2 cancelled' } });
    expect(check?.output.summary).toContain('Cancelled by `alice`');
  });

  it('whose first job fails tells that the images were skipped', async () => {
    const here = await proposed({});
    actionsIn(here).runner = () => [{ name: 'plan', conclusion: 'failure' }];
    const files = { [dockerfile]: 'FROM python-base\n' };
    const next = await here.alice.push({ branch: 'topic', files, message: 'More' });
    await settle(here);
    const check = await imagesCheckOf(here, next);
    expect(check).toMatchObject({ conclusion: 'failure', output: { title: '2 skipped' } });
    expect(check?.output.summary).toContain('something before it had failed');
  });

  it('whose logs have expired is told without them', async () => {
    const here = await buildScene({ databaseUrl: used.url, script: failed });
    const route = 'GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs';
    here.github.faults.plant({ on: route, fault: '410 before', times: 5 });
    const head = await here.alice.push({ branch: 'topic', files: both, message: 'Change' });
    await here.alice.openPullRequest({ title: 'Change', head: 'topic' });
    await settle(here);
    const check = await imagesCheckOf(here, head);
    expect(check).toMatchObject({ conclusion: 'failure', output: { title: '1 failed, 1 built' } });
    expect(check?.output.summary).toContain('The log says nothing that is known here');
  });

  it.each([
    ['takes other inputs', workflowText.replace('correlation:', 'other:'), 'Unexpected inputs'],
    ['is not for dispatch', 'on: push\n', "does not have 'workflow_dispatch' trigger"],
  ])('of a workflow that %s is told so', async (_, workflow, words) => {
    const here = await proposed({ workflow });
    const check = await imagesCheckOf(here, here.head);
    expect(check).toMatchObject({ conclusion: 'timed_out', output: { title: '2 lost' } });
    expect(check?.output.summary).toContain(words);
  });

  it('of a workflow that is disabled is told so', async () => {
    const here = await proposed();
    for (const workflow of actionsIn(here).workflows.values()) workflow.state = 'disabled_manually';
    const files = { [dockerfile]: 'FROM python-base\n' };
    const next = await here.alice.push({ branch: 'topic', files, message: 'More' });
    await settle(here);
    const check = await imagesCheckOf(here, next);
    expect(check).toMatchObject({ conclusion: 'timed_out' });
    expect(check?.output.summary).toContain('on a disabled workflow');
  });

  it('that is run again on GitHub is told of again', async () => {
    let isMended = false;
    const here = await proposed({
      script: (...asked) => (isMended ? undefined : failed(...asked)),
    });
    expect(await imagesCheckOf(here, here.head)).toMatchObject({ conclusion: 'failure' });
    isMended = true;
    const [id = 0] = actionsIn(here).runs.keys();
    const headers = { authorization: `Bearer ${here.alice.token}` };
    await fetch(`${here.github.apiUrl}/repos/acme/images/actions/runs/${id}/rerun`, {
      method: 'POST',
      headers,
    });
    await settle(here);
    const check = await imagesCheckOf(here, here.head);
    expect(check).toMatchObject({ conclusion: 'success', output: { title: '2 built' } });
    expect(check?.output.summary).toContain('(attempt 2)');
  });

  it('is ended where planning it died', async () => {
    const here = await proposed();
    const head = await here.alice.push({
      branch: 'other',
      files: { 'README.md': 'y' },
      message: 'Other',
    });
    const repository = { installation: here.installation, owner: 'acme', name: 'images' };
    const job = { kind: 'end-checks', repository, why: 'upstream is away', images: true } as const;
    await here.bot.store.enqueue({ ...job, head });
    await here.bot.store.enqueue({ ...job, head: here.head });
    await settle(here);
    expect(await imagesCheckOf(here, head)).toMatchObject({
      conclusion: 'cancelled',
      output: { title: 'could not be begun' },
    });
    expect(await imagesCheckOf(here, here.head)).toMatchObject({ conclusion: 'success' });
  });
});

describe('re-run', { timeout: 120_000 }, () => {
  it('of the check builds what is red, and all where nothing is', async () => {
    let isMended = false;
    const here = await proposed({
      script: (...asked) => (isMended ? undefined : failed(...asked)),
    });
    isMended = true;
    await here.alice.rerequest('pinwheel/images');
    await settle(here);
    expect(here.runs.map(cellsOf)).toEqual([['nova/2025.1', 'nova/2025.2'], ['nova/2025.2']]);
    expect(await imagesCheckOf(here, here.head)).toMatchObject({
      conclusion: 'success',
      output: { title: '2 built' },
    });
    await here.alice.rerequestAll(here.head);
    await settle(here);
    expect(here.runs.map(cellsOf)[2]).toEqual(['nova/2025.1', 'nova/2025.2']);
    expect(await imagesCheckOf(here, here.head)).toMatchObject({ conclusion: 'success' });
  });

  it('while it is built changes nothing', async () => {
    const here = await proposed({ script: goesOn });
    await here.alice.rerequest('pinwheel/images');
    await settle(here);
    expect(here.runs).toHaveLength(1);
    expect(await imagesCheckOf(here, here.head)).toMatchObject({ status: 'in_progress' });
  });
});

describe('the button', { timeout: 120_000 }, () => {
  it('Explain says input by input why, once', async () => {
    const here = await proposed();
    await here.alice.press('pinwheel/images', 'explain-build');
    await here.alice.press('pinwheel/images', 'explain-build');
    await settle(here);
    type Comment = { readonly body: string };
    const said = await api<readonly Comment[]>(here, '/issues/1/comments');
    expect(said).toHaveLength(1);
    expect(said[0]?.body).toContain('nova/2025.1');
    expect(said[0]?.body).toContain('image files');
  });
});

describe('pushes to main', { timeout: 120_000 }, () => {
  it('take the place of what is built, and build what that has not', async () => {
    const here = await buildScene({
      databaseUrl: used.url,
      script: (_, { inputs }) => (inputs['commit'] === first ? { seconds: Infinity } : undefined),
    });
    const pins = smallRepository[refs] ?? '';
    const nova = { [refs]: pins.replace('32.0.0', '32.1.0') };
    let first = '';
    first = await here.alice.push({ branch: 'main', files: nova, message: 'Move nova' });
    await settle(here);
    const keystone = { 'images/keystone/Dockerfile': `${smallRepository[dockerfile] ?? ''}# y\n` };
    const second = await here.alice.push({ branch: 'main', files: keystone, message: 'Keystone' });
    await settle(here);
    expect(here.runs.map(cellsOf)).toEqual([
      ['nova/2025.2'],
      ['keystone/2025.1', 'keystone/2025.2', 'nova/2025.2'],
    ]);
    expect(here.runs[1]?.inputs).toMatchObject({ commit: second, publish: 'true' });
    expect(await imagesCheckOf(here, first)).toMatchObject({ output: { title: '1 superseded' } });
    expect(await imagesCheckOf(here, second)).toMatchObject({ conclusion: 'success' });
    // The first one's webhook once more, and its button: its tags have moved on.
    const repository = { installation: here.installation, owner: 'acme', name: 'images' };
    await here.bot.store.enqueue({
      kind: 'build',
      repository,
      head: first,
      pushed: { branch: 'main', before: '0'.repeat(40) },
    });
    await here.bot.store.enqueue({
      kind: 'press',
      repository,
      head: first,
      action: 'rebuild-failed',
      by: 'alice',
    });
    await settle(here);
    expect(here.runs.slice(2).map(cellsOf)).toEqual([['nova/2025.1']]);
    expect(here.runs[2]?.inputs).toMatchObject({ commit: second });
  });
});

describe('300 images', { timeout: 240_000 }, () => {
  it('are built by several runs, and told in one check', async () => {
    const names = Array.from({ length: 300 }, (_, at) => `nova${at}`);
    const file = smallRepository[dockerfile] ?? '';
    const here = await buildScene({
      databaseUrl: used.url,
      files: (upstreams) => ({
        'images/python-base/Dockerfile': smallRepository['images/python-base/Dockerfile'] ?? '',
        ...Object.fromEntries(names.map((name) => [`images/${name}/Dockerfile`, file])),
        [refs]: names.map((name) => `${name}: "32.0.0"\n`).join(''),
        '.github/pinwheel.yml': `components:\n${names
          .map((name) => `  ${name}:\n    upstream: ${upstreams}/nova\n`)
          .join('')}`,
      }),
    });
    const files = { 'images/python-base/note': 'x\n' };
    const head = await here.alice.push({ branch: 'topic', files, message: 'Base image' });
    await here.alice.openPullRequest({ title: 'Base image', head: 'topic' });
    await settleForLong(here);
    expect(here.runs.length).toBeGreaterThan(1);
    expect(here.runs.flatMap(cellsOf).toSorted()).toEqual(
      names.map((name) => `${name}/2025.2`).toSorted(),
    );
    const check = await imagesCheckOf(here, head);
    expect(check).toMatchObject({ conclusion: 'success', output: { title: '300 built' } });
    for (const name of names) expect(check?.output.summary).toContain(name);
  });
});
