import { describe, expect, it } from 'vitest';
import { manualClock } from '../../sandbox/github/state/clock.ts';
import { placeWithApp, startIdleApp, untilIdle } from '../../test/support/running-app.ts';
import type { IdleApp, Place, TestAppOptions } from '../../test/support/running-app.ts';
import { useStore } from '../../test/support/store.ts';
import { systemClock } from '../edge/clock.ts';

const used = useStore();

function start(here: Place, options: Partial<TestAppOptions> = {}): Promise<IdleApp> {
  return startIdleApp({ ...here, databaseUrl: used.url, ...options });
}

describe('the App', () => {
  it('does what webhooks ask for, each under the ids of its delivery and its job', async () => {
    const here = await placeWithApp();
    const app = await start(here);
    const alice = here.github.as('alice');
    const head = await alice.push({ branch: 'topic', files: { a: 'a' }, message: 'Change' });
    await alice.openPullRequest({ title: 'Change', head: 'topic' });
    const images = `${here.installation}:acme/images`;
    await app.until(() => app.ran.includes(`check:${images}:${head}`));
    await untilIdle(app);
    expect(app.ran.filter((key) => key.startsWith('check'))).toHaveLength(1);
    const [taken] = app.lines.filter(
      ({ kind, done }) => kind === 'delivery' && String(done).startsWith('check'),
    );
    expect(taken).toMatchObject({
      msg: 'job done',
      done: `check acme/images ${head.slice(0, 12)}, build acme/images ${head.slice(0, 12)}`,
    });
    const [arrived] = app.said('webhook new').filter(({ event }) => event === 'pull_request');
    expect(taken?.['delivery']).toBe(arrived?.['delivery']);
    expect(taken?.['job']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('sweeps every repository when it starts, and after pushes to base branches alone', async () => {
    const here = await placeWithApp();
    const app = await start(here);
    const sweep = `sweep:${here.installation}:acme/images`;
    await app.until(() => app.ran.includes(sweep));
    const alice = here.github.as('alice');
    await alice.push({ branch: 'topic', files: { a: 'a' }, message: 'Topic' });
    await app.until(() =>
      app.lines.some(({ why }) => why === 'topic is no base branch of acme/images'),
    );
    expect(app.ran).toEqual([sweep]);
    await alice.push({ branch: 'main', files: { a: 'a' }, message: 'Main' });
    await app.until(() => app.ran.length === 2);
    expect(app.ran).toEqual([sweep, sweep]);
  });

  it('takes a doubled webhook once', async () => {
    const here = await placeWithApp();
    here.github.faults.plant({ hook: 'pull_request.opened', fault: 'doubled' });
    const app = await start(here);
    const alice = here.github.as('alice');
    await alice.push({ branch: 'topic', files: { a: 'a' }, message: 'Change' });
    await alice.openPullRequest({ title: 'Change', head: 'topic' });
    await here.github.settled();
    await untilIdle(app);
    expect(app.said('webhook known')).toHaveLength(1);
    expect(app.ran.filter((key) => key.startsWith('check'))).toHaveLength(1);
  });

  it('gets a lost webhook from the log of GitHub, by the same door', async () => {
    const clock = manualClock(Date.now());
    const here = await placeWithApp({ clock });
    here.github.faults.plant({ hook: 'pull_request.opened', fault: 'lost' });
    const app = await start(here, {
      world: { clock: { ...systemClock(), now: () => clock.now() } },
    });
    await app.until(() => app.lines.some(({ kind }) => kind === 'recover-deliveries'));
    const alice = here.github.as('alice');
    await alice.push({ branch: 'topic', files: { a: 'a' }, message: 'Change' });
    await alice.openPullRequest({ title: 'Change', head: 'topic' });
    await here.github.settled();
    await app.store.enqueue({ kind: 'recover-deliveries' });
    await app.until(() => app.lines.some(({ why }) => why === 'no webhook is missing'));
    expect(app.ran.some((key) => key.startsWith('check'))).toBe(false);
    clock.advance(6 * 60_000);
    await app.store.enqueue({ kind: 'recover-deliveries' });
    await app.until(() => app.ran.some((key) => key.startsWith('check')));
    await app.until(() =>
      app.lines.some(({ done }) => done === '1 missed webhook asked for again'),
    );
  });

  it('changes nothing for an installation that is not its own', async () => {
    const here = await placeWithApp();
    const app = await start(here);
    await app.store.enqueue({
      kind: 'push',
      repository: { installation: 999_999, owner: 'acme', name: 'images' },
      branch: 'main',
    });
    await app.until(() =>
      app.lines.some(({ why }) => why === 'the App is not installed on acme/images'),
    );
  });
});
