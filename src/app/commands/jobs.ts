import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../core/model/failures.ts';
import { countTable, deadTable, jobsJson, jobsSummary } from '../../core/render/jobs.ts';
import { openStore } from '../../edge/store/store.ts';
import type { Store } from '../../edge/store/store.ts';
import type { CommonOptions } from '../common.ts';
import { dataFolder } from '../config.ts';
import { readSetupFile } from '../setup-file.ts';
import { exitCodes } from '../exit.ts';
import { printJson, printLine, printTables } from '../output.ts';

export async function runJobs(
  common: CommonOptions,
  { retry }: { readonly retry: readonly string[] },
): Promise<number> {
  const store = await openOwnStore();
  try {
    if (retry.length > 0) await retryAll(store, retry);
    else await show(store, common);
    return exitCodes.fine;
  } finally {
    await store.close();
  }
}

async function show(store: Store, { json }: CommonOptions): Promise<void> {
  const [dead, counts] = await Promise.all([store.deadJobs(), store.countJobs()]);
  if (json) {
    printJson(jobsJson(dead, counts));
    return;
  }
  const tables = [countTable(counts), deadTable(dead, Date.now())];
  await printTables(tables.filter(({ rows }) => rows.length > 0));
  printLine(jobsSummary(dead));
}

/** All that are named, or with `all` every one. */
async function retryAll(store: Store, ids: readonly string[]): Promise<void> {
  const dead = (await store.deadJobs()).map(({ id }) => id);
  const unknown = ids.find((id) => id !== 'all' && !dead.includes(id));
  if (unknown !== undefined) {
    throw new UserError(
      `there is no dead job ${unknown}`,
      dead.length === 0 ? 'there is none at all' : `there is ${dead.slice(0, 5).join(', ')}`,
    );
  }
  const wanted = ids.includes('all') ? dead : ids;
  for (const id of wanted) await store.retryDead(id);
  printLine(`${wanted.length} of ${dead.length} dead jobs are run again`);
}

/** The one that `pinwheel serve` uses; it may run meanwhile. */
async function openOwnStore(): Promise<Store> {
  const folder = dataFolder(process.env);
  const { settings } = await readSetupFile(folder);
  const databaseUrl = process.env['DATABASE_URL'] || settings['DATABASE_URL'] || '';
  if (databaseUrl !== '') return openStore({ databaseUrl, connections: 2 });
  const dataDir = join(folder, 'store');
  if (existsSync(dataDir)) return openStore({ dataDir, connections: 2 });
  throw new UserError(
    `there is no store in ${dataDir}`,
    'start pinwheel serve first, or set PINWHEEL_DATA_DIR or DATABASE_URL as it has them',
  );
}
