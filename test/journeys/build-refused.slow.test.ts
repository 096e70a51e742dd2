import { describe, expect, it } from 'vitest';
import { api, imagesCheckOf, saidOn, settle } from '../support/build-scene.ts';
import type { BuildSceneOptions } from '../support/build-scene.ts';
import { actionsIn, dockerfile, goesOn, look, proposedBuild } from '../support/proposed-build.ts';
import type { Proposed } from '../support/proposed-build.ts';
import { useStore } from '../support/store.ts';
import { testClock } from '../support/test-clock.ts';
import type { TestClock } from '../support/test-clock.ts';

const used = useStore();

const minute = 60_000;
const hour = 60 * minute;

function proposed(options: Partial<BuildSceneOptions> = {}): Promise<Proposed> {
  return proposedBuild({ databaseUrl: used.url, script: goesOn, ...options });
}

/** Somebody takes back what the App may do with workflows; gives how it is granted again. */
function withoutActions({ github }: Proposed): () => void {
  const undo = [...github.site.installations.values()].map((installation) => {
    const { permissions } = installation;
    const granted = Object.entries(permissions);
    installation.permissions = Object.fromEntries(granted.filter(([name]) => name !== 'actions'));
    return () => {
      installation.permissions = permissions;
    };
  });
  return () => {
    for (const step of undo) step();
  };
}

/** A refusal that does not pass: it is looked at now and then, for twenty minutes. */
async function lasting(here: Proposed, { pass }: TestClock): Promise<void> {
  for (let looks = 0; looks < 2; looks += 1) {
    await look(here);
    expect(await imagesCheckOf(here, here.head)).toMatchObject({ status: 'in_progress' });
    pass(10 * minute);
  }
  await look(here);
}

/** As if it was cut off after it was written down, and before GitHub's answer. */
async function forgetRuns({ bot: { store } }: Proposed, ago: number): Promise<void> {
  for (const { id } of await store.builds.open()) {
    await store.builds.change(id, (now) => ({
      ...now,
      runs: now.runs.map(({ part, correlation, retries }) => ({
        ...{ part, correlation, retries, dispatchedAt: Date.now() - ago },
      })),
    }));
  }
}

/** Somebody does something there. */
async function onGitHub({ github, alice }: Proposed, path: string): Promise<void> {
  const headers = { authorization: `Bearer ${alice.token}` };
  await fetch(`${github.apiUrl}/repos/acme/images/actions/${path}`, { method: 'POST', headers });
}

/** Of its runs, as GitHub says. */
async function statusesOf(here: Proposed): Promise<readonly string[]> {
  type Answer = { readonly workflow_runs: readonly { readonly status: string }[] };
  return (await api<Answer>(here, '/actions/runs')).workflow_runs.map(({ status }) => status);
}

const refusal = 'does not grant what the App asks for';

describe('a build that GitHub lets nobody look at', { timeout: 120_000 }, () => {
  it('has its time where its run is known, and says why nobody knows more', async () => {
    const time = testClock();
    const here = await proposed({ now: time.now });
    withoutActions(here);
    await lasting(here, time);
    const waiting = await imagesCheckOf(here, here.head);
    expect(waiting).toMatchObject({ status: 'in_progress' });
    expect(waiting?.output.summary).toContain(refusal);
    time.pass(8 * hour);
    await lasting(here, time);
    const check = await imagesCheckOf(here, here.head);
    expect(check).toMatchObject({ conclusion: 'timed_out', output: { title: '2 expired' } });
    expect(check?.output.summary).toContain(refusal);
    expect(here.bot.lines.map(({ msg }) => msg)).not.toContain('job failed');
  });

  it.each([
    ['a moment ago', 0],
    ['some minutes ago', 5 * minute],
  ])('and that was asked for %s is lost after a while, and not begun twice', async (_, ago) => {
    const time = testClock();
    const here = await proposed({ now: time.now });
    await forgetRuns(here, ago);
    const grant = withoutActions(here);
    await lasting(here, time);
    const check = await imagesCheckOf(here, here.head);
    expect(check).toMatchObject({ conclusion: 'timed_out', output: { title: '2 lost' } });
    expect(check?.output.summary).toContain(refusal);
    grant();
    await here.alice.press('pinwheel/images', 'rebuild-failed');
    await settle(here);
    expect(await imagesCheckOf(here, here.head)).toMatchObject({ output: { title: '2 running' } });
    expect(here.runs).toHaveLength(1);
  });

  it('is found again where it may be looked at again', async () => {
    const time = testClock();
    let isSlow = true;
    const here = await proposed({
      now: time.now,
      script: () => (isSlow ? { seconds: Infinity } : undefined),
    });
    await forgetRuns(here, 0);
    const grant = withoutActions(here);
    await lasting(here, time);
    grant();
    const [id = 0] = actionsIn(here).runs.keys();
    await onGitHub(here, `runs/${id}/cancel`);
    await settle(here);
    const stopped = await imagesCheckOf(here, here.head);
    expect(stopped).toMatchObject({ conclusion: 'cancelled', output: { title: '2 cancelled' } });
    expect(stopped?.output.summary).not.toContain(refusal);
    isSlow = false;
    await here.alice.comment(1, '/retry');
    await settle(here);
    const check = await imagesCheckOf(here, here.head);
    expect(check).toMatchObject({ conclusion: 'success', output: { title: '2 built' } });
    expect([...actionsIn(here).runs.keys()]).toEqual([id]);
  });

  it('ends after a while where somebody cancels it, and is stopped once it may be', async () => {
    const time = testClock();
    const here = await proposed({ now: time.now });
    const grant = withoutActions(here);
    await here.alice.press('pinwheel/images', 'cancel-build');
    await settle(here);
    await lasting(here, time);
    const check = await imagesCheckOf(here, here.head);
    expect(check).toMatchObject({ conclusion: 'cancelled', output: { title: '2 cancelled' } });
    expect(check?.output.summary).toContain('Cancelled by `alice`');
    expect(check?.output.summary).toContain(refusal);
    grant();
    await here.alice.comment(1, '/cancel');
    await settle(here);
    expect(await statusesOf(here)).toEqual(['completed']);
  });

  it('ends after a while where a newer commit takes its place', async () => {
    const time = testClock();
    const here = await proposed({ now: time.now });
    withoutActions(here);
    const files = { [dockerfile]: 'FROM python-base\n' };
    const next = await here.alice.push({ branch: 'topic', files, message: 'More' });
    await settle(here);
    await lasting(here, time);
    expect(await imagesCheckOf(here, here.head)).toMatchObject({ conclusion: 'cancelled' });
    expect(await imagesCheckOf(here, next)).toMatchObject({ output: { title: '2 lost' } });
  });

  it('is told in the reply to whoever asked for it, with what was built', async () => {
    const time = testClock();
    const here = await proposed({
      now: time.now,
      script: (name) => (name === 'nova/2025.2' ? { seconds: Infinity } : undefined),
    });
    await here.alice.comment(1, '/rebuild nova all');
    await settle(here);
    withoutActions(here);
    time.pass(8 * hour);
    await lasting(here, time);
    const said = (await saidOn(here, 1)).at(-1);
    expect(said).toContain(refusal);
    expect(said).toMatch(/`nova\/2025\.1` +\| .*✅ built/);
    expect(said).toMatch(/`nova\/2025\.2` +\| .*⌛ expired/);
  });
});

describe('a build that was cut off before GitHub was asked', { timeout: 120_000 }, () => {
  async function cutOff(): Promise<Proposed> {
    const here = await proposed();
    actionsIn(here).runs.clear();
    await forgetRuns(here, 20 * minute);
    return here;
  }

  it.each(['the timer', '/status', '/retry', '/cancel'])(
    'is begun when the refusal has passed, and %s comes first',
    async (first) => {
      const here = await cutOff();
      const grant = withoutActions(here);
      await look(here);
      grant();
      if (first !== 'the timer') await here.alice.comment(1, first);
      await settle(here);
      await look(here);
      const isStopped = first === '/cancel';
      const title = isStopped ? '2 cancelled' : '2 running';
      expect(await imagesCheckOf(here, here.head)).toMatchObject({ output: { title } });
      expect(here.runs).toHaveLength(isStopped ? 1 : 2);
    },
  );

  it('is begun after one refusal of the look before', async () => {
    const here = await cutOff();
    const list = 'GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs';
    here.github.faults.plant({ on: list, fault: '403 before' });
    await look(here);
    await look(here);
    expect(here.github.faults.fired.get('403 before')).toBe(1);
    expect(await imagesCheckOf(here, here.head)).toMatchObject({ output: { title: '2 running' } });
  });
});

describe('a build whose end cannot be told', { timeout: 120_000 }, () => {
  it('is told once GitHub lets it be, with no job that dies until then', async () => {
    const here = await proposed();
    const [installation] = here.github.site.installations.values();
    if (!installation) throw new Error('the App is not installed');
    here.github.suspend(installation);
    await look(here);
    here.github.unsuspend(installation);
    const checks = 'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}';
    const allow = here.github.faults.plant({ on: checks, fault: '403 before', times: 1000 });
    const [id = 0] = actionsIn(here).runs.keys();
    await onGitHub(here, `runs/${id}/cancel`);
    await settle(here);
    expect(await imagesCheckOf(here, here.head)).toMatchObject({ status: 'in_progress' });
    allow();
    await look(here);
    expect(await imagesCheckOf(here, here.head)).toMatchObject({ conclusion: 'cancelled' });
    expect(here.bot.lines.map(({ msg }) => msg)).not.toContain('job failed');
  });
});

describe('a run whose jobs nobody may see', { timeout: 120_000 }, () => {
  it('is told as one that nobody may look at', async () => {
    const time = testClock();
    const here = await proposed({ now: time.now });
    const jobs = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs';
    here.github.faults.plant({ on: jobs, fault: '403 before', times: 1000 });
    await here.alice.press('pinwheel/images', 'cancel-build');
    await settle(here);
    await lasting(here, time);
    const check = await imagesCheckOf(here, here.head);
    expect(check).toMatchObject({ conclusion: 'cancelled', output: { title: '2 cancelled' } });
    expect(check?.output.summary).toContain('GitHub refuses');
  });
});

describe('a refusal that passes', { timeout: 120_000 }, () => {
  const asked = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}';

  it('lets a build that was cancelled be stopped', async () => {
    const here = await proposed();
    here.github.faults.plant({ on: asked, fault: '403 before' });
    await here.alice.press('pinwheel/images', 'cancel-build');
    await settle(here);
    await look(here);
    expect(await statusesOf(here)).toEqual(['completed']);
    const check = await imagesCheckOf(here, here.head);
    expect(check).toMatchObject({ conclusion: 'cancelled', output: { title: '2 cancelled' } });
  });

  it('does not end what became green while nobody looked', async () => {
    const time = testClock();
    const here = await proposed({ now: time.now, script: () => ({ seconds: 5 }) });
    here.github.faults.plant({ hook: '*', fault: 'vanished', times: 1000 });
    await here.bot.until(async () => (await statusesOf(here))[0] === 'completed');
    time.pass(8 * hour);
    here.github.faults.plant({ on: asked, fault: '403 before' });
    await look(here);
    expect(await imagesCheckOf(here, here.head)).not.toMatchObject({ conclusion: 'timed_out' });
    await look(here);
    expect(await imagesCheckOf(here, here.head)).toMatchObject({ conclusion: 'success' });
    expect(here.github.faults.fired.get('403 before')).toBe(1);
  });
});
