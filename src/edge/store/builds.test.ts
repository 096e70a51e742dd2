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
