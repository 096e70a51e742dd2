import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { watchedWorker } from '../../../test/support/jobs.ts';
import { useStore } from '../../../test/support/store.ts';
import { sweep } from '../../../test/support/sweep.ts';
import { openStore } from './store.ts';

const used = useStore();

/** A database that has nothing in it. */
async function emptyDatabase(): Promise<string> {
  const name = `t_${Math.floor(Date.now() / 1000)}_empty_${process.pid}`;
  await used.sql(`create database ${name}`);
  onTestFinished(async () => {
    await used.sql(`drop database ${name} with (force)`);
  });
  return used.url.replace(/[^/]*$/, name);
}

describe('opening', () => {
  test('an empty database by three at once makes one store', async () => {
    const databaseUrl = await emptyDatabase();
    const stores = await Promise.all([1, 2, 3].map(() => openStore({ databaseUrl })));
    const answers = await Promise.all(stores.map((store) => store.enqueue(sweep('a'))));
    expect(answers.toSorted()).toEqual(['joined', 'joined', 'new']);
    await Promise.all(stores.map((store) => store.close()));
  });

  test('a store of a newer Pinwheel is refused', async () => {
    const databaseUrl = await emptyDatabase();
    await (await openStore({ databaseUrl })).close();
    const client = new pg.Client(databaseUrl);
    await client.connect();
    await client.query('insert into pinwheel.migrations (version) values (1000)');
    await client.end();
    await expect(openStore({ databaseUrl })).rejects.toMatchObject({
      name: 'WorldError',
      message: expect.stringContaining(
        'last used by a newer Pinwheel: it has migration 1000',
      ) as string,
    });
  });

  test.each(['', 'mysql://here/there', 'postgres://u:secret@[', 'secret'])(
    'with the URL %j is refused, and the URL is not shown',
    async (databaseUrl) => {
      await expect(openStore({ databaseUrl })).rejects.toMatchObject({
        name: 'UserError',
        message: 'DATABASE_URL is not the URL of a PostgreSQL',
      });
    },
  );

  test('a database that is not there is said so in one line, after some patience', async () => {
    const databaseUrl = 'postgres://u:secret@127.0.0.1:1/x';
    await expect(openStore({ databaseUrl, connectMs: 300 })).rejects.toMatchObject({
      name: 'WorldError',
      message: 'the store cannot be opened: connect ECONNREFUSED 127.0.0.1:1',
    });
  });

  test('a database that does not exist is said so at once', async () => {
    const databaseUrl = used.url.replace(/[^/]*$/, 'no_such_database');
    await expect(openStore({ databaseUrl })).rejects.toMatchObject({
      message: 'the store cannot be opened: database "no_such_database" does not exist',
    });
  });
});

test('a healthy store is ready', async () => {
  expect(await used.store.health()).toEqual({ ready: true });
});

test('closing stops workers that still run, and gives their jobs back', async () => {
  const store = await used.openAnother();
  const worker = await watchedWorker(store, (_, signal) => {
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
    });
  });
  await store.enqueue(sweep('a'));
  await worker.until(() => worker.runs.length === 1);
  await store.close();
  expect(worker.events.at(-1)?.kind).toBe('given-back');
  expect(await used.store.countJobs()).toMatchObject([{ state: 'waiting', count: 1 }]);
});
