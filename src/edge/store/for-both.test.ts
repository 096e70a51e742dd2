import { describe, expect, test } from 'vitest';
import { newGate, watchedWorker } from '../../../test/support/jobs.ts';
import { useStore } from '../../../test/support/store.ts';
import type { JobRequest, Outcome } from '../../core/model/job.ts';

const done: Outcome = { kind: 'done' };
const used = useStore();

describe('of two requests of one key', () => {
  const ask = {
    ...{ kind: 'command', repository: { installation: 1, owner: 'acme', name: 'images' } },
    ...{ issue: 1, comment: 2 },
  } as const satisfies JobRequest;
  const byAlice = { ...ask, editor: 'alice' };
  const givenUp = { ...ask, givenUp: 'GitHub: 502' };
  const again: JobRequest = {
    ...{ kind: 'build', repository: ask.repository, head: 'a'.repeat(40), again: true },
  };
  const build: JobRequest = {
    ...{ kind: 'build', repository: ask.repository, head: 'a'.repeat(40) },
    group: { branch: 'gh-readonly-queue/main/pr-1', base: 'main' },
  };

  test.for([
    [[byAlice, ask], byAlice],
    [[ask, byAlice, ask], byAlice],
    [[ask, givenUp], ask],
    [[ask, { ...givenUp, editor: 'alice' }], byAlice],
    [[givenUp, byAlice], byAlice],
    [[build, again], { ...build, again: true }],
    [[givenUp], givenUp],
  ] as const)('that wait, the one that does more is done: %j', async ([asked, expected]) => {
    for (const request of asked) await used.store.enqueue(request);
    const worker = await watchedWorker(used.store, () => done);
    await worker.until(() => worker.events.some(({ kind }) => kind === 'ended'));
    expect(worker.runs.map(({ request }) => request)).toEqual([expected]);
    // In one call they are one before they come to the store.
    await Promise.all(asked.map((request) => used.store.enqueue(request)));
    await worker.until(() => worker.events.filter(({ kind }) => kind === 'ended').length === 2);
    expect(worker.runs.at(-1)?.request).toEqual(expected);
  });

  test.for([
    [ask, byAlice, byAlice],
    [byAlice, ask, byAlice],
    [ask, givenUp, ask],
    [givenUp, ask, ask],
    [build, again, { ...build, again: true }],
  ] as const)(
    'the one that failed does for the one that came meanwhile: %j',
    async ([first, second, expected]) => {
      const gate = newGate();
      const worker = await watchedWorker(used.store, async ({ attempt }) => {
        if (attempt > 1) return done;
        await gate.opened;
        throw new Error('no');
      });
      await used.store.enqueue(first);
      await worker.until(() => worker.runs.length === 1);
      await used.store.enqueue(second);
      gate.open();
      await worker.until(() => worker.events.some(({ kind }) => kind === 'ended'));
      expect(worker.runs.map(({ request }) => request)).toEqual([first, expected]);
      expect(await used.store.countJobs()).toEqual([]);
    },
  );
});
