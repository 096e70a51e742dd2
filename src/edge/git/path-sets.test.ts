import { mkdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/pinwheel.ts';
import { makeUpstream } from '../../../sandbox/upstreams.ts';
import { openPatchIds } from './patch-id-file.ts';
import { readPathSets } from './path-sets.ts';
import type { Place } from './place.ts';

async function setUp() {
  const folder = await temporaryFolder();
  const commits = [
    { label: 'one', files: { a: '1\n', 'b/c': '1\n' } },
    { label: 'two', files: { a: '2\n' } },
    { label: 'odd', files: { 'commit:ü': '1\n', 'x\ny': '1\n' } },
    { label: 'three', files: { 'b/c': '2\n', a: '3\n' } },
  ];
  const made = await makeUpstream(`${folder}/nova`, {
    branches: [{ name: 'master', commits: commits.map((one) => ({ ...one, message: one.label })) }],
  });
  await mkdir(`${folder}/store.git`);
  const place = { directory: `${folder}/store.git` } as Place;
  let reads = 0;
  async function find(paths: readonly string[], cuts: readonly string[]) {
    const range = {
      ...{ tips: [], cuts },
      read: <T>(work: (recent: { directory: string; deadlineMs: number }) => Promise<T>) => {
        reads += 1;
        return work({ directory: `${folder}/nova`, deadlineMs: 20_000 });
      },
    };
    const sets = await readPathSets(place, range, made.commits.get('three') ?? '');
    const names = new Map([...made.commits].map(([label, commit]) => [commit, label]));
    return sets?.commitsOf(paths).map((commit) => names.get(commit));
  }
  return { find, place, reads: () => reads };
}

it('knows which commits change exactly some paths, and reads them from git once', async () => {
  const { find, reads } = await setUp();
  expect(await find(['a', 'b/c'], ['cut'])).toEqual(['three', 'one']);
  expect(await find(['b/c', 'a', 'a'], ['cut'])).toEqual(['three', 'one']);
  expect(await find(['a'], ['cut'])).toEqual(['two']);
  expect(await find(['x\ny', 'commit:ü'], ['cut'])).toEqual(['odd']);
  expect(await find(['b/c'], ['cut'])).toEqual([]);
  expect(reads()).toBe(1);
  await find(['a'], ['other cut']);
  expect(reads()).toBe(2);
});

it('says nothing of a whole history', async () => {
  const { find, reads } = await setUp();
  expect(await find(['a'], [])).toBeUndefined();
  expect(reads()).toBe(0);
});

it('remembers patch ids of commits', async () => {
  const { place } = await setUp();
  const [one, two, id] = ['1'.repeat(40), '2'.repeat(40), 'a'.repeat(40)];
  const ids = await openPatchIds(place);
  expect(ids.get(one)).toBeUndefined();
  await ids.add([[id, one]]);
  await (await openPatchIds(place)).add([[id, two]]);
  const again = await openPatchIds(place);
  expect([again.get(one), again.get(two), again.get(id)]).toEqual([id, id, undefined]);
});
