import { describe, expect, it } from 'vitest';
import { buildScene, imagesCheckOf, saidOn, settle } from '../support/build-scene.ts';
import type { BuildSceneOptions } from '../support/build-scene.ts';
import {
  actionsIn,
  both,
  dockerfile,
  failed,
  goesOn,
  look,
  propose,
  proposedBuild,
} from '../support/proposed-build.ts';
import type { Proposed } from '../support/proposed-build.ts';
import { useStore } from '../support/store.ts';

const used = useStore();

const minute = 60_000;
const hour = 60 * minute;

/** Of the App: it can be put forward. */
function clock() {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    pass: (time: number) => {
      ahead += time;
    },
  };
}

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

const refusal = 'does not grant what the App asks for';

describe('a build that GitHub lets nobody look at', { timeout: 120_000 }, () => {
  it('has its time where its run is known, and says so then', async () => {
    const time = clock();
    const here = await proposed({ now: time.now });
    withoutActions(here);
    await look(here);
    expect(await imagesCheckOf(here, here.head)).toMatchObject({ status: 'in_progress' });
    time.pass(8 * hour);
    await look(here);
    const check = await imagesCheckOf(here, here.head);
    expect(check).toMatchObject({ conclusion: 'timed_out', output: { title: '2 expired' } });
    expect(check?.output.summary).toContain(refusal);
    expect(here.bot.lines.map(({ msg }) => msg)).not.toContain('job failed');
  });

  it.each([
    ['a moment ago', 0],
    ['some minutes ago', 5 * minute],
  ])('and that was asked for %s is lost after a while, and not begun twice', async (_, ago) => {
    const time = clock();
    const here = await proposed({ now: time.now });
    await forgetRuns(here, ago);
    withoutActions(here);
    await look(here);
    expect(await imagesCheckOf(here, here.head)).toMatchObject({ status: 'in_progress' });
    time.pass(16 * minute);
    await look(here);
    const check = await imagesCheckOf(here, here.head);
    expect(check).toMatchObject({ conclusion: 'timed_out', output: { title: '2 lost' } });
    expect(check?.output.summary).toContain(refusal);
    expect(here.runs).toHaveLength(1);
  });

  it('is found again where it may be looked at again', async () => {
    const time = clock();
    let isSlow = true;
    const here = await proposed({
      now: time.now,
      script: () => (isSlow ? { seconds: Infinity } : undefined),
    });
    await forgetRuns(here, 0);
    const grant = withoutActions(here);
    time.pass(16 * minute);
    await look(here);
    expect(await imagesCheckOf(here, here.head)).toMatchObject({ output: { title: '2 lost' } });
    grant();
    const [id = 0] = actionsIn(here).runs.keys();
    const headers = { authorization: `Bearer ${here.alice.token}` };
    const url = `${here.github.apiUrl}/repos/acme/images/actions/runs/${id}/cancel`;
    await fetch(url, { method: 'POST', headers });
    await settle(here);
    const stopped = await imagesCheckOf(here, here.head);
    expect(stopped).toMatchObject({ conclusion: 'cancelled', output: { title: '2 cancelled' } });
    isSlow = false;
    await here.alice.comment(1, '/retry');
    await settle(here);
    const check = await imagesCheckOf(here, here.head);
    expect(check).toMatchObject({ conclusion: 'success', output: { title: '2 built' } });
    expect(check?.output.summary).not.toContain(refusal);
    expect([...actionsIn(here).runs.keys()]).toEqual([id]);
  });

  it('ends at once where somebody cancels it', async () => {
    const here = await proposed();
    withoutActions(here);
    await here.alice.press('pinwheel/images', 'cancel-build');
    await settle(here);
    const check = await imagesCheckOf(here, here.head);
    expect(check).toMatchObject({ conclusion: 'cancelled', output: { title: '2 cancelled' } });
    expect(check?.output.summary).toContain('Cancelled by `alice`');
    expect(check?.output.summary).toContain(refusal);
  });

  it('ends at once where a newer commit takes its place', async () => {
    const here = await proposed();
    withoutActions(here);
    const files = { [dockerfile]: 'FROM python-base\n' };
    const next = await here.alice.push({ branch: 'topic', files, message: 'More' });
    await settle(here);
    expect(await imagesCheckOf(here, here.head)).toMatchObject({ conclusion: 'cancelled' });
    expect(await imagesCheckOf(here, next)).toMatchObject({ output: { title: '2 lost' } });
  });

  it('is told in the reply to whoever asked for it, with what was built', async () => {
    const time = clock();
    const here = await proposed({
      now: time.now,
      script: (name) => (name === 'nova/2025.2' ? { seconds: Infinity } : undefined),
    });
    await here.alice.comment(1, '/rebuild nova all');
    await settle(here);
    withoutActions(here);
    time.pass(8 * hour);
    await look(here);
    const said = (await saidOn(here, 1)).at(-1);
    expect(said).toContain(refusal);
    expect(said).toMatch(/`nova\/2025\.1` +\| .*✅ built/);
    expect(said).toMatch(/`nova\/2025\.2` +\| .*⌛ expired/);
  });
});

describe('what a build left behind', { timeout: 120_000 }, () => {
  const logs = 'GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs';
  const results = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts';

  it.each(['403 before', '410 before'] as const)('is done without at %s', async (fault) => {
    const here = await buildScene({ databaseUrl: used.url, script: failed });
    here.github.faults.plant({ on: logs, fault });
    here.github.faults.plant({ on: results, fault });
    const { head } = await propose(here, both);
    const check = await imagesCheckOf(here, head);
    expect(check).toMatchObject({ conclusion: 'failure', output: { title: '1 failed, 1 built' } });
    expect(check?.output.summary).toContain('The log says nothing that is known here');
    expect(here.github.faults.fired.get(fault)).toBe(2);
  });

  it('is asked for as long as it may come', async () => {
    const time = clock();
    const log = "E: Version '3.9.0-1' for 'openvswitch-switch' was not found\n";
    const here = await buildScene({
      ...{ databaseUrl: used.url, now: time.now },
      script: (name) => (name === 'nova/2025.2' ? { conclusion: 'failure', log } : undefined),
    });
    const mend = here.github.faults.plant({ on: logs, fault: '502 before', times: 1000 });
    const { head } = await propose(here, both);
    time.pass(14 * minute);
    await look(here);
    expect(await imagesCheckOf(here, head)).not.toMatchObject({ status: 'completed' });
    mend();
    await look(here);
    const check = await imagesCheckOf(here, head);
    expect(check).toMatchObject({ conclusion: 'failure', output: { title: '1 failed, 1 built' } });
    expect(check?.output.summary).toContain('`nova/2025.2`: system package');
  });

  it('is done without where it never comes', async () => {
    const time = clock();
    const here = await buildScene({ databaseUrl: used.url, script: failed, now: time.now });
    here.github.faults.plant({ on: logs, fault: '502 before', times: 1000 });
    here.github.faults.plant({ on: results, fault: '502 before', times: 1000 });
    const { head } = await propose(here, both);
    expect(await imagesCheckOf(here, head)).not.toMatchObject({ status: 'completed' });
    time.pass(16 * minute);
    await look(here);
    const check = await imagesCheckOf(here, head);
    expect(check).toMatchObject({ conclusion: 'failure', output: { title: '1 failed, 1 built' } });
    expect(await here.bot.store.builds.open()).toEqual([]);
  });
});
