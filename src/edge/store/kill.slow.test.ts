import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { scratchDataDir } from '../../../test/support/postgres.ts';
import { storeProcess } from '../../../test/support/spoken-process.ts';
import type { SpokenProcess } from '../../../test/support/spoken-process.ts';
import type { Said } from '../../../test/support/store-process.ts';
import { runningPostmaster } from './postmaster.ts';
import { openStore } from './store.ts';

/** PINWHEEL_KILLS: how often something is killed. */
const kills = Number(process.env['PINWHEEL_KILLS'] ?? 50);

/** One run of a job, as its process told it. */
interface Run {
  readonly key: string;
  readonly id: string;
  readonly begin: number;
  /** When it ended; when its process was killed, where that came first. */
  readonly end: number;
  readonly finished: boolean;
  /** When the store had written that it ended, as far as it was told. */
  readonly written: number | undefined;
}

interface Life {
  readonly process: SpokenProcess;
  diedAt: number;
}

test(`${kills} kills of asking, working and PostgreSQL lose nothing and stick nowhere`, async () => {
  const dataDir = await scratchDataDir({ after: onTestFinished });
  const lives: Life[] = [];
  function begin(mode: 'ask' | 'work'): Life {
    const life = { process: storeProcess(mode, { dataDir }), diedAt: Infinity };
    lives.push(life);
    return life;
  }
  async function end(life: Life): Promise<void> {
    await life.process.kill();
    life.diedAt = Date.now();
  }
  const current = { ask: begin('ask'), work: begin('work'), other: begin('work') };
  const tally = { ask: 0, work: 0, other: 0, postgres: 0, all: 0 };
  for (let count = 0; count < kills; count += 1) {
    // Sometimes before it has recovered from the last one, mostly in the middle of work.
    if (Math.random() < 0.7) await progress(lives, 20);
    await sleep(Math.random() * 400);
    const victim = pick(Object.keys(tally) as (keyof typeof tally)[]);
    tally[victim] += 1;
    if (victim === 'postgres' || victim === 'all') await killPostgres(dataDir);
    for (const name of ['ask', 'work', 'other'] as const) {
      if (victim !== name && victim !== 'all') continue;
      await end(current[name]);
      current[name] = begin(name === 'ask' ? 'ask' : 'work');
    }
  }
  await sleep(1000);
  await end(current.ask);
  const store = await openStore({ dataDir });
  const deadline = Date.now() + 120_000;
  while ((await store.countJobs()).length > 0 && Date.now() < deadline) await sleep(100);
  expect(await store.countJobs()).toEqual([]);
  await end(current.work);
  await end(current.other);

  const said = lives.flatMap(({ process }) => process.said);
  const runs = lives.flatMap(runsOf);
  const accepted = said.filter(isAccepted).map(({ key }) => key ?? '');
  const asked = said.filter(({ word }) => word === 'enqueued');
  const known = await store.knownDeliveries(accepted.map((key) => key.replace('delivery:', '')));
  await store.close();
  console.info('kills', tally, 'deliveries', accepted.length, 'requests', asked.length);
  console.info('runs', runs.length, 'unfinished', runs.filter(({ finished }) => !finished).length);

  expect(accepted.length).toBeGreaterThan(kills * 5);
  expect(known.size).toBe(accepted.length);
  const finished = new Set(runs.filter((run) => run.finished).map(({ key }) => key));
  expect(accepted.filter((key) => !finished.has(key))).toEqual([]);
  expect(unanswered(asked, runs)).toEqual([]);
  expect(runAgain(runs)).toEqual([]);
  expect(overlapping(runs)).toEqual([]);
});

/** Resolves when so many more deliveries were accepted. */
async function progress(lives: readonly Life[], more: number): Promise<void> {
  function count(): number {
    return lives.flatMap(({ process }) => process.said).filter(isAccepted).length;
  }
  const before = count();
  const deadline = Date.now() + 30_000;
  while (count() < before + more && Date.now() < deadline) await sleep(20);
}

function isAccepted({ word }: Said): boolean {
  return word === 'accepted';
}

function pick<T>(items: readonly T[]): T {
  return items[Math.floor(Math.random() * items.length)] as T;
}

async function killPostgres(dataDir: string): Promise<void> {
  const pid = await runningPostmaster(join(dataDir, 'postgres'));
  if (pid !== undefined) process.kill(pid, 'SIGKILL');
}

function runsOf({ process, diedAt }: Life): readonly Run[] {
  const { said } = process;
  return said.flatMap((one, at) => {
    if (one.word !== 'begin') return [];
    const rest = said.slice(at);
    const end = rest.find(({ word, id }) => word === 'end' && id === one.id);
    const written = rest.find(({ word, id }) => word === 'ended' && id === one.id);
    return {
      key: one.key ?? '',
      id: one.id ?? '',
      begin: one.at,
      end: end?.at ?? diedAt,
      finished: end !== undefined,
      written: written?.at,
    };
  });
}

/** Requests after which no run of their key began and finished. */
function unanswered(asked: readonly Said[], runs: readonly Run[]): readonly Said[] {
  return asked.filter(
    ({ key, at }) => !runs.some((run) => run.key === key && run.finished && run.begin >= at),
  );
}

/** Runs of a job whose end had been written before. */
function runAgain(runs: readonly Run[]): readonly Run[] {
  return runs.filter(({ id, begin }) =>
    runs.some((other) => other.id === id && other.written !== undefined && other.written < begin),
  );
}

/** Pairs of runs of one key at the same time. */
function overlapping(runs: readonly Run[]): readonly (readonly [Run, Run])[] {
  const byKey = Map.groupBy(runs, ({ key }) => key);
  return [...byKey.values()].flatMap((same) => {
    const sorted = same.toSorted((a, b) => a.begin - b.begin);
    return sorted.flatMap((run, at) => {
      const next = sorted[at + 1];
      return next !== undefined && next.begin < run.end ? [[run, next] as const] : [];
    });
  });
}
