import { expect, it } from 'vitest';
import { buildFor } from '../../../test/support/builds.ts';
import { useStore } from '../../../test/support/store.ts';
import type { KeptRequest } from './requests.ts';
import type { Build } from '../../core/model/build.ts';

const used = useStore();
const acme = { owner: 'acme', name: 'images' };

function ended(build: Build): Build {
  return {
    ...build,
    told: true,
    cells: build.cells.map((cell) => ({ ...cell, state: 'success' })),
  };
}

it('keeps a build once, with its cells in their order', async () => {
  const { builds } = used.store;
  const build = buildFor(Array.from({ length: 300 }, (_, at) => `s${at}/2025.2`));
  expect(await Promise.all([builds.add(build), builds.add(build)])).toContain(true);
  expect(await builds.add(build)).toBe(false);
  expect(await builds.get(build.id)).toEqual(build);
  expect(await builds.get('pw-none')).toBeUndefined();
});

it('finds those of a commit, and those that have not ended', async () => {
  const { builds } = used.store;
  const one = buildFor(['nova/2025.2']);
  const two = buildFor(['glance/2025.2'], { now: 2000 });
  await builds.add(one);
  await builds.add(two);
  expect(
    (await builds.at({ owner: 'Acme', name: 'Images' }, one.head)).map(({ id }) => id),
  ).toEqual([two.id, one.id]);
  await builds.change(one.id, ended);
  expect((await builds.open()).map(({ id }) => id)).toEqual([two.id]);
  expect(await builds.open({ owner: 'other', name: 'images' })).toEqual([]);
});

it('is changed by one at a time, and no change is lost', async () => {
  const { builds } = used.store;
  const build = buildFor(['nova/2025.2']);
  await builds.add(build);
  await Promise.all(
    Array.from({ length: 10 }, () =>
      builds.change(build.id, (now) => ({
        ...now,
        runs: now.runs.map((run) => ({
          ...run,
          retries: run.retries + 1,
          run: { id: 7, url: 'x' },
        })),
      })),
    ),
  );
  expect((await builds.get(build.id))?.runs[0]?.retries).toBe(10);
  expect(await builds.ofRun(acme, 7)).toBe(build.id);
  expect(await builds.ofRun(acme, 8)).toBeUndefined();
});

it('is told of before it is no longer looked for, and goes after three months', async () => {
  const { builds } = used.store;
  const [old, open, young] = [buildFor(['a/1']), buildFor(['b/1']), buildFor(['c/1'])];
  for (const build of [old, open, young]) await builds.add(build);
  await builds.change(young.id, (build) => ({ ...build, cells: ended(build).cells }));
  expect((await builds.open()).map(({ id }) => id)).toContain(young.id);
  for (const { id } of [old, young]) await builds.change(id, ended);
  await used.sql('update pinwheel.builds set created_at = now() where id = $1', young.id);
  const worker = await used.store.startWorker({
    concurrency: 1,
    run: () => Promise.resolve({ kind: 'done' }),
  });
  await expect.poll(() => builds.get(old.id)).toBeUndefined();
  expect(await builds.get(open.id)).toBeDefined();
  expect(await builds.get(young.id)).toBeDefined();
  await worker.stop({ graceMs: 0 });
});

it('is made of those of its commit by one at a time', async () => {
  const { builds } = used.store;
  const seen: number[] = [];
  await Promise.all(
    ['a/1', 'b/1', 'c/1'].map((name) =>
      builds.addFor(acme, 'a'.repeat(40), (there) => {
        seen.push(there.length);
        return buildFor([name]);
      }),
    ),
  );
  expect(seen).toEqual([0, 1, 2]);
  expect(await builds.addFor(acme, 'a'.repeat(40), () => undefined)).toBeUndefined();
  const again = buildFor(['a/1'], { now: 9000 });
  expect((await builds.addFor(acme, again.head, () => again))?.createdAt).toBe(1000);
});

it('keeps requests once each, and what became of them', async () => {
  const { requests } = used.store;
  const request: KeptRequest = {
    ...{ comment: 5_000_000_000, position: 0, issue: 1, login: 'alice', text: '/check\0' },
    result: 'new',
    ...{ reply: '', told: false, at: 1_700_000_000_000 },
  };
  await requests.keep(acme, [request, { ...request, position: 1 }]);
  await requests.keep(acme, [{ ...request, result: 'done', reply: 'x', at: 1, login: 'bob' }]);
  const kept = await requests.of(acme, request.comment);
  expect(kept[0]).toEqual({ ...request, text: '/check', result: 'done', reply: 'x' });
  expect(kept).toHaveLength(2);
  expect(await requests.since(acme, request.at - 1)).toHaveLength(2);
  expect(await requests.since(acme, request.at)).toHaveLength(0);
});
