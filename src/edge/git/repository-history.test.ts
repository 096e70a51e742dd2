import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/pinwheel.ts';
import { makeUpstream } from '../../../sandbox/upstreams.ts';
import type { HistoryTable } from './history-table.ts';
import { createPlaces } from './place.ts';
import { createHistories } from './repository-history.ts';

const all = { since: -Infinity, notIn: [] };

function subjects(table: HistoryTable | undefined): readonly string[] | undefined {
  if (!table) return undefined;
  const numbers = [...table.members.keys()].filter((number) => table.members[number] === 1);
  return numbers.map((number) => table.all.subjectOf(number));
}

async function setUp() {
  const dir = await temporaryFolder();
  const { commits } = await makeUpstream(`${dir}/nova`, {
    branches: [
      {
        name: 'master',
        commits: [
          { message: 'Start', label: 'start', files: { f: '1\n' } },
          { message: 'Newer', label: 'newer', files: { f: '2\n' } },
        ],
      },
      {
        name: 'stable',
        from: 'start',
        commits: [{ message: 'Backport', label: 'backport', files: { f: '3\n' } }],
      },
    ],
    tags: [{ name: '1.0.0', target: 'newer', message: 'one\n' }],
  });
  const histories = createHistories(createPlaces({ cacheDir: `${dir}/cache`, deadlineMs: 20_000 }));
  const url = `file://${dir}/nova`;
  function open(ref: string, commit: string) {
    return histories.open({ url, ref: `refs/heads/${ref}`, commit });
  }
  return { open, at: (label: string) => commits.get(label) ?? '' };
}

it('gives each source of a repository its own history, though they are read together', async () => {
  const { open, at } = await setUp();
  const [newer, stable] = [open('master', at('newer')), open('stable', at('backport'))];
  const tables = await Promise.all([newer.table(all), stable.table(all)]);
  expect(tables.map(subjects)).toEqual([
    ['Newer', 'Start'],
    ['Backport', 'Start'],
  ]);
  newer.close();
  stable.close();
});

it('finds the history of a source beside one that does not exist', async () => {
  const { open, at } = await setUp();
  const [none, stable] = [open('master', '1'.repeat(40)), open('stable', at('backport'))];
  const [failed, table] = await Promise.allSettled([none.table(all), stable.table(all)]);
  expect(failed.status).toBe('rejected');
  expect(table.status === 'fulfilled' && subjects(table.value)).toEqual(['Backport', 'Start']);
});

it('finds the history of a source beside one of which the tags contain all', async () => {
  const { open, at } = await setUp();
  const [newer, stable] = [open('master', at('newer')), open('stable', at('backport'))];
  const part = { since: 0, notIn: ['1.0.0'] };
  expect(await newer.table(part)).toBeUndefined();
  expect(subjects(await stable.table(part))).toEqual(['Backport']);
});
