import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildScene, imagesCheckOf, settle } from '../support/build-scene.ts';
import { moved, propose, refs, toldCells } from '../support/proposed-build.ts';
import { smallRepository } from '../support/small-openstack.ts';
import { useStore } from '../support/store.ts';

const used = useStore();

describe('a pull request that moves a pin', { timeout: 90_000 }, () => {
  it('that changes nothing of an image is told why nothing is built', async () => {
    const here = await buildScene({ databaseUrl: used.url });
    const { head } = await propose(here, { 'README.md': 'x\n' });
    expect(here.runs).toEqual([]);
    const check = await imagesCheckOf(here, head);
    expect(check).toMatchObject({ conclusion: 'success', output: { title: 'nothing to build' } });
    expect(check?.output.summary).toContain('because nothing that goes into an image changed');
  });

  it('shows the class and the first useful line of what failed, and the button builds just that', async () => {
    const log = readFileSync(new URL('../logs/system-version.log', import.meta.url), 'utf8');
    let isMended = false;
    const here = await buildScene({
      databaseUrl: used.url,
      script: (name) =>
        name === 'nova/2025.2' && !isMended ? { conclusion: 'failure', log } : undefined,
    });
    const both = {
      'images/nova/Dockerfile': `${smallRepository['images/nova/Dockerfile'] ?? ''}# x\n`,
    };
    const { head } = await propose(here, both);
    expect(toldCells(here.runs[0])).toEqual(['nova/2025.1', 'nova/2025.2']);
    const red = await imagesCheckOf(here, head);
    expect(red).toMatchObject({ conclusion: 'failure', output: { title: '1 failed, 1 built' } });
    expect(red?.output.summary).toContain('`nova/2025.2`: system package');
    expect(red?.output.summary).toContain(
      "E: Version '3.9.0-1' for 'openvswitch-switch' was not found",
    );

    isMended = true;
    await here.alice.press('pinwheel/images', 'rebuild-failed');
    await settle(here);
    expect(here.runs.map(toldCells)).toEqual([['nova/2025.1', 'nova/2025.2'], ['nova/2025.2']]);
    const green = await imagesCheckOf(here, head);
    expect(green).toMatchObject({ conclusion: 'success', output: { title: '2 built' } });
  });

  it('whose build fails by infrastructure is tried again by itself, twice at most', async () => {
    const log =
      '2026-01-05T08:00:00.0000000Z ERROR: failed to do request: Head "https://ghcr.io/v2/": dial tcp: i/o timeout\n';
    const here = await buildScene({
      databaseUrl: used.url,
      script: (_, { attempt }) => (attempt < 3 ? { conclusion: 'failure', log } : undefined),
    });
    const { head } = await propose(here);
    const check = await imagesCheckOf(here, head);
    expect(here.runs.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(check).toMatchObject({ conclusion: 'success' });
    expect(check?.output.summary).toContain('(attempt 3)');
  });

  it('that gets a newer commit has the old build stopped', async () => {
    const here = await buildScene({
      databaseUrl: used.url,
      script: (_, { inputs }) => (inputs['commit'] === first ? { seconds: Infinity } : undefined),
    });
    let first = '';
    first = await here.alice.push({ branch: 'topic', files: moved, message: 'Change' });
    await here.alice.openPullRequest({ title: 'Change', head: 'topic' });
    await settle(here);
    expect(await imagesCheckOf(here, first)).toMatchObject({ status: 'in_progress' });
    const files = { [refs]: (smallRepository[refs] ?? '').replace('32.0.0', '32.2.1') };
    const second = await here.alice.push({ branch: 'topic', files, message: 'More' });
    await settle(here);
    expect(await imagesCheckOf(here, first)).toMatchObject({
      conclusion: 'cancelled',
      output: { title: '1 superseded' },
    });
    expect(await imagesCheckOf(here, second)).toMatchObject({ conclusion: 'success' });
  });

  it('of a repository without the workflow is told so', async () => {
    const here = await buildScene({ databaseUrl: used.url, workflow: false });
    const { head } = await propose(here);
    const check = await imagesCheckOf(here, head);
    expect(check).toMatchObject({ status: 'completed', conclusion: 'timed_out' });
    expect(check?.output.summary).toContain('GitHub refuses: `');
  });

  it('is finished by the timer where every webhook of Actions is lost', async () => {
    const here = await buildScene({ databaseUrl: used.url, script: () => ({ seconds: 0.2 }) });
    here.github.faults.plant({ hook: 'workflow_run.*', fault: 'vanished', times: 1000 });
    here.github.faults.plant({ hook: 'workflow_job.*', fault: 'vanished', times: 1000 });
    const { head } = await propose(here);
    await here.bot.until(async () => {
      await here.bot.store.enqueue({ kind: 'report-builds' });
      return (await imagesCheckOf(here, head))?.conclusion === 'success';
    });
  });
});

describe('a push to a base branch', { timeout: 90_000 }, () => {
  it('has what changed built and published', async () => {
    const here = await buildScene({ databaseUrl: used.url });
    const head = await here.alice.push({ branch: 'main', files: moved, message: 'Move nova' });
    await settle(here);
    expect(here.runs.map(toldCells)).toEqual([['nova/2025.2']]);
    expect(here.runs[0]?.inputs).toMatchObject({ commit: head, publish: 'true' });
    expect(await imagesCheckOf(here, head)).toMatchObject({ conclusion: 'success' });
  });

  it('has nothing built where the policy leaves that to the workflow', async () => {
    const policy = { '.github/pinwheel.yml': 'builds: workflow\n' };
    const here = await buildScene({
      databaseUrl: used.url,
      files: { ...smallRepository, ...policy },
    });
    const head = await here.alice.push({ branch: 'main', files: moved, message: 'Move nova' });
    await settle(here);
    expect(here.runs).toEqual([]);
    expect(await imagesCheckOf(here, head)).toBeUndefined();
  });
});
