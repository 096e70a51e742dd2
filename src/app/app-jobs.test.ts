import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { newGate } from '../../test/support/jobs.ts';
import { placeWithApp, startIdleApp, untilIdle } from '../../test/support/running-app.ts';
import type { IdleApp, Place, TestAppOptions } from '../../test/support/running-app.ts';
import { useStore } from '../../test/support/store.ts';
import { RetryLater, UserError, WorldError } from '../core/model/failures.ts';
import type { JobRequest } from '../core/model/job.ts';

const used = useStore();

function start(here: Place, options: Partial<TestAppOptions> = {}): Promise<IdleApp> {
  return startIdleApp({ ...here, databaseUrl: used.url, ...options });
}

const repository = { installation: 1, owner: 'acme', name: 'images' };
const head = 'a'.repeat(40);

describe('a job', () => {
  it('that is to come later, or is refused, says so and is no failure', async () => {
    const here = await placeWithApp();
    let runs = 0;
    const app = await start(here, {
      work: {
        check: () => {
          runs += 1;
          if (runs === 1) throw new RetryLater('rate limit', Date.now() + 10);
          throw new UserError('the head is gone', 'push again');
        },
      },
    });
    await app.store.enqueue({ kind: 'check', repository, head });
    await app.until(() => app.said('job refused').length === 1);
    expect(app.said('job later')).toMatchObject([{ why: 'rate limit', level: 'info' }]);
    expect(app.said('job refused')).toMatchObject([
      { why: 'the head is gone; push again', level: 'warn', attempt: 1 },
    ]);
  });

  it('that fails is tried again, and dead in the end; then its checks are ended', async () => {
    const here = await placeWithApp();
    const ended: JobRequest[] = [];
    const app = await start(here, {
      limits: { pollMs: 50, backoffMs: () => 10, worldFailures: 3 },
      work: {
        check: () => Promise.reject(new WorldError('GitHub: 502', 'wait')),
        'end-checks': (request) => {
          ended.push(request);
          return Promise.resolve({ kind: 'done' });
        },
      },
    });
    await app.store.enqueue({ kind: 'check', repository, head });
    await app.until(() => ended.length === 1);
    expect(ended).toEqual([{ kind: 'end-checks', repository, head, why: 'GitHub: 502' }]);
    expect(app.said('job failed')).toHaveLength(2);
    expect(await app.store.deadJobs()).toMatchObject([{ failures: 3, error: 'GitHub: 502' }]);
    await app.stop(0);
    const next = await start(here, {
      work: { 'end-checks': () => Promise.resolve({ kind: 'done' }) },
    });
    await next.until(() => next.said('job done').some(({ kind }) => kind === 'end-checks'));
  });

  it('that fails by a fault of ours is told with its stack, and not to people', async () => {
    const here = await placeWithApp();
    const ended: JobRequest[] = [];
    const app = await start(here, {
      limits: { pollMs: 50, backoffMs: () => 10, otherFailures: 1 },
      work: {
        check: () => Promise.reject(new TypeError('x is undefined in /srv/pinwheel')),
        'end-checks': (request) => {
          ended.push(request);
          return Promise.resolve({ kind: 'done' });
        },
      },
    });
    await app.store.enqueue({ kind: 'check', repository, head });
    await app.until(() => ended.length === 1);
    expect(JSON.stringify(ended)).not.toContain('/srv/pinwheel');
    const [line] = app.lines.filter(({ msg }) => msg.startsWith('job dead'));
    expect(line).toMatchObject({ level: 'error', err: { name: 'TypeError' } });
    expect(JSON.stringify(line)).toContain('app-jobs.test.ts');
  });

  it('may end when the App stops, and is given back where it takes too long', async () => {
    const here = await placeWithApp();
    const gate = newGate();
    const begun: string[] = [];
    const app = await start(here, {
      work: {
        check: async (request, signal) => {
          begun.push(request.head);
          if (request.head === head) await gate.opened;
          else await sleep(60_000, undefined, { signal });
          return { kind: 'done' };
        },
      },
    });
    await app.store.enqueue({ kind: 'check', repository, head });
    await app.store.enqueue({ kind: 'check', repository, head: 'b'.repeat(40) });
    await app.until(() => begun.length === 2);
    const stopped = app.stop(300);
    gate.open();
    await stopped;
    expect(app.said('job done').some(({ kind }) => kind === 'check')).toBe(true);
    // It also looks at all repositories when it starts, and that may be given back as well.
    const given = app.said('job given back').filter(({ kind }) => kind === 'check');
    expect(given).toHaveLength(1);
  });

  it('is shared among processes with one database', async () => {
    const here = await placeWithApp();
    const [one, other] = [await start(here), await start(here)];
    const heads = Array.from({ length: 20 }, (_, index) => String(index).padStart(40, '0'));
    await Promise.all(
      heads.map((sha) => one.store.enqueue({ kind: 'check', repository, head: sha })),
    );
    await untilIdle(one);
    await one.until(
      () => [...one.ran, ...other.ran].filter((key) => key.startsWith('check')).length >= 20,
    );
    const all = [...one.ran, ...other.ran].filter((key) => key.startsWith('check'));
    expect(new Set(all).size).toBe(20);
    expect(all).toHaveLength(20);
  });
});
