import { describe, expect, it } from 'vitest';
import { imagesCheckOf, settle, workflowText } from '../support/build-scene.ts';
import type { BuildSceneOptions } from '../support/build-scene.ts';
import {
  actionsIn,
  dockerfile,
  failed,
  goesOn,
  look,
  proposedBuild,
} from '../support/proposed-build.ts';
import type { Proposed } from '../support/proposed-build.ts';
import { useStore } from '../support/store.ts';
import { testClock } from '../support/test-clock.ts';

const used = useStore();

function proposed(options: Partial<BuildSceneOptions> = {}): Promise<Proposed> {
  return proposedBuild({ databaseUrl: used.url, ...options });
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
    expect(check?.output.summary).toContain('GitHub has no run for it, has it no more');
    isSlow = false;
    await here.alice.press('pinwheel/images', 'rebuild-failed');
    await settle(here);
    expect(await imagesCheckOf(here, here.head)).toMatchObject({ conclusion: 'success' });
  });

  it('whose run never starts, or never ends, expires', async () => {
    const time = testClock();
    const here = await proposed({ script: goesOn, now: time.now });
    time.pass(6 * 3_600_000);
    await look(here);
    expect(await imagesCheckOf(here, here.head)).toMatchObject({ status: 'in_progress' });
    time.pass(2 * 3_600_000);
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
    time.pass(25 * 3_600_000);
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

  it.each(['502 before', '403 before'] as const)(
    'that cannot be stopped at %s is stopped at the next look',
    async (fault) => {
      const here = await proposed({ script: goesOn });
      const route = 'POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel';
      here.github.faults.plant({ on: route, fault });
      await here.alice.press('pinwheel/images', 'cancel-build');
      await settle(here);
      await look(here);
      const check = await imagesCheckOf(here, here.head);
      expect(check).toMatchObject({ conclusion: 'cancelled', output: { title: '2 cancelled' } });
      expect(check?.output.summary).toContain('Cancelled by `alice`');
    },
  );

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
      script: (name) => (isMended ? undefined : failed(name)),
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
