import pg from 'pg';
import { afterAll, beforeAll, beforeEach, onTestFinished } from 'vitest';
import { openStore } from '../../src/edge/store/store.ts';
import type { Store, StoreOptions } from '../../src/edge/store/store.ts';
import { testDatabase } from './postgres.ts';
import type { TestDatabase } from './postgres.ts';

export interface UsedStore {
  /** The same for all tests of the file, and empty when each begins. */
  readonly store: Store;
  readonly url: string;
  /** Looks below the store, where a test must. */
  readonly sql: <T extends pg.QueryResultRow>(text: string, ...values: unknown[]) => Promise<T[]>;
  /** Another process, as far as the store can tell; closed after the test. */
  readonly openAnother: () => Promise<Store>;
}

/** A store for the tests of a file; it can be used from the first hook of the file on. */
export function useStore(options: Partial<StoreOptions> = {}): UsedStore {
  let database: TestDatabase;
  let store: Store;
  let client: pg.Client;
  beforeAll(async () => {
    database = await testDatabase();
    store = await openStore({ ...options, databaseUrl: database.url });
    client = new pg.Client(database.url);
    await client.connect();
  });
  beforeEach(() => empty(client));
  afterAll(async () => {
    await store.close();
    await client.end();
    await database.close();
  });
  return {
    get store() {
      return store;
    },
    get url() {
      return database.url;
    },
    sql: async <T extends pg.QueryResultRow>(text: string, ...values: unknown[]) =>
      (await client.query<T>(text, values)).rows,
    openAnother: async () => {
      const another = await openStore({ databaseUrl: database.url });
      onTestFinished(() => another.close());
      return another;
    },
  };
}

async function empty(client: pg.Client): Promise<void> {
  for (const table of ['deliveries', 'dead_jobs', 'builds', 'requests'])
    await client.query(`delete from pinwheel.${table}`);
  for (const table of ['job', 'schedule']) await client.query(`delete from pinwheel_jobs.${table}`);
}
