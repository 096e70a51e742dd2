import { describe, expect, it } from 'vitest';
import { buildScene, imagesCheckOf, saidOn, settle } from '../support/build-scene.ts';
import type { BuildScene, CellScript } from '../support/build-scene.ts';
import { both, failed, goesOn, look, propose, proposedBuild } from '../support/proposed-build.ts';
import { useStore } from '../support/store.ts';
import { testClock } from '../support/test-clock.ts';
import type { TestClock } from '../support/test-clock.ts';

const used = useStore();

const minute = 60_000;
const hour = 60 * minute;

describe('what follows the end of a build', { timeout: 120_000 }, () => {
  const logs = 'GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs';
  const results = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts';
  const again = 'POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun-failed-jobs';
  const stop = 'POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel';

  /** Nova of one series fails with this log at its first attempts. */
  function failing(log: string, attempts = 9): CellScript {
    return (name, { attempt }) =>
      name === 'nova/2025.2' && attempt <= attempts ? { conclusion: 'failure', log } : undefined;
  }

  /** It goes wrong, again and again, for twenty minutes. */
  async function inVain(here: BuildScene, { pass }: TestClock): Promise<void> {
    for (let looks = 0; looks < 2; looks += 1) {
      pass(10 * minute);
      await look(here);
    }
  }

  const redAndGreen = { conclusion: 'failure', output: { title: '1 failed, 1 built' } };
  const network =
    'ERROR: failed to do request: Head "https://registry.test/v2/": dial tcp: i/o timeout\n';

  it('is done without what is gone', async () => {
    const here = await buildScene({ databaseUrl: used.url, script: failed });
    here.github.faults.plant({ on: logs, fault: '410 before' });
    here.github.faults.plant({ on: results, fault: '410 before' });
    const { head } = await propose(here, both);
    const check = await imagesCheckOf(here, head);
    expect(check).toMatchObject(redAndGreen);
    expect(check?.output.summary).toContain('Nothing that is known here was read in the log');
    expect(here.github.faults.fired.get('410 before')).toBe(2);
  });

  it.each(['403 before', '502 before'] as const)('is tried again after %s', async (fault) => {
    const here = await buildScene({ databaseUrl: used.url, script: failing(network, 1) });
    for (const on of [logs, results] as const) here.github.faults.plant({ on, fault });
    const { head } = await propose(here, both);
    await look(here);
    const check = await imagesCheckOf(here, head);
    expect(check).toMatchObject({ conclusion: 'success', output: { title: '2 built' } });
    expect(check?.output.summary).toContain('tried again 1 time by itself');
  });

  it.each(['403 before', '502 before'] as const)('is left at %s in the end', async (fault) => {
    const time = testClock();
    const here = await buildScene({ databaseUrl: used.url, now: time.now, script: failed });
    for (const on of [logs, results] as const) {
      here.github.faults.plant({ on, fault, times: 1000 });
    }
    const { head } = await propose(here, both);
    expect(await imagesCheckOf(here, head)).not.toMatchObject({ status: 'completed' });
    await inVain(here, time);
    expect(await imagesCheckOf(here, head)).toMatchObject(redAndGreen);
    expect(await here.bot.store.builds.open()).toEqual([]);
  });

  it('is told where another attempt cannot be had', async () => {
    const time = testClock();
    const script = failing(network);
    const here = await buildScene({ databaseUrl: used.url, now: time.now, script });
    here.github.faults.plant({ on: again, fault: '500 before', times: 1000 });
    const { head } = await propose(here, both);
    const early = await imagesCheckOf(here, head);
    expect(early).toMatchObject(redAndGreen);
    expect(early?.output.summary).toContain('registry or network');
    await inVain(here, time);
    expect(await here.bot.store.builds.open()).toEqual([]);
  });

  it('is told of a run that GitHub cannot stop', async () => {
    const time = testClock();
    const here = await proposedBuild({ databaseUrl: used.url, now: time.now, script: goesOn });
    await here.alice.comment(1, '/rebuild nova all');
    await settle(here);
    here.github.faults.plant({ on: stop, fault: '500 before', times: 1000 });
    await here.alice.press('pinwheel/images', 'cancel-build');
    await settle(here);
    const early = await imagesCheckOf(here, here.head);
    expect(early?.output.summary).toContain('Cancelled by `alice`');
    time.pass(8 * hour);
    await look(here);
    const check = await imagesCheckOf(here, here.head);
    expect(check).toMatchObject({ conclusion: 'timed_out', output: { title: '2 expired' } });
    expect((await saidOn(here, 1)).at(-1)).toContain('⌛ expired');
    expect(here.bot.lines.map(({ msg }) => msg)).not.toContain('job failed');
  });
});
