import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import type { Benchmark, Report } from './report.ts';
import { progress } from './report.ts';
import { inTurns, median, ratioOf } from './statistics.ts';
import { withFolder } from './upstreams.ts';
import type { LoadOrder, LoadResult } from './webhook-load.ts';
import { webhookSecret } from './webhook-server.ts';
import type { ServerUse } from './webhook-server.ts';

export const webhooks: Benchmark = {
  name: 'webhooks',
  about:
    'signed webhooks, each on disk before its answer, against a handler of Probot that does nothing',
  run: () => withFolder(run),
};

const pairs = 5;
const seconds = 4;
const connections = 10;

type Measured = LoadResult & ServerUse;

async function run(folder: string): Promise<Report> {
  // Who runs PostgreSQL has to get in.
  await chmod(folder, 0o755);
  const load = fork(join(import.meta.dirname, 'webhook-load.ts'));
  const ours = await start('ours', join(folder, 'store'));
  const probot = await start('probot');
  async function measure({ child, url }: Server): Promise<Measured> {
    const order: LoadOrder = { url, secret: webhookSecret, connections, seconds };
    await ask(child, 'use');
    const loaded = (await ask(load, order)) as LoadResult;
    if (loaded.bad > 0) throw new Error(`${loaded.bad} webhooks were refused by ${url}`);
    return { ...loaded, ...((await ask(child, 'use')) as ServerUse) };
  }
  progress('webhooks: warming up');
  for (const server of [ours, probot]) await measure(server);
  progress(`webhooks: ${pairs} pairs of ${seconds} s each`);
  const measured = await inTurns(
    pairs,
    () => measure(ours),
    () => measure(probot),
  );
  for (const { child } of [ours, probot, { child: load }]) {
    child.disconnect();
    await once(child, 'exit');
  }
  const rates = {
    // A ratio is theirs by ours, and more is better here.
    ours: measured.theirs.map(({ perSecond }) => perSecond),
    theirs: measured.ours.map(({ perSecond }) => perSecond),
  };
  const p99 = median(measured.ours.map((one) => one.p99));
  return {
    title: `webhooks: push of 10 KB, ${connections} connections`,
    rows: [
      row('the door of pinwheel serve, and its store', measured.ours),
      row('Probot, handler that does nothing', measured.theirs),
    ],
    goals: [
      { what: "share of Probot's rate", measured: ratioOf(rates).median, atLeast: 0.25 },
      { what: 'p99 in ms', measured: p99, atMost: 25 },
    ],
    notes: [
      `medians of ${pairs} runs of ${seconds} s in turns; server, PostgreSQL and sender share the machine`,
      'ours has delivery and job in a PostgreSQL with fsync before it answers, and a line in its log; Probot keeps nothing and writes nothing',
      'late: 99th percentile of how late the event loop of the server was',
    ],
  };
}

interface Server {
  readonly child: ChildProcess;
  readonly url: string;
}

async function start(...args: readonly string[]): Promise<Server> {
  const child = fork(join(import.meta.dirname, 'webhook-server.ts'), args, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [url] = (await once(child, 'message')) as [string];
  return { child, url };
}

async function ask(child: ChildProcess, question: object | string): Promise<unknown> {
  const answer = once(child, 'message');
  child.send(question);
  const [value] = (await answer) as [unknown];
  return value;
}

function row(what: string, runs: readonly Measured[]): Report['rows'][number] {
  function of(pick: (one: Measured) => number): number {
    return median(runs.map(pick));
  }
  return {
    what,
    'per second': of(({ perSecond }) => perSecond),
    'p50 ms': of(({ p50 }) => p50),
    'p99 ms': of(({ p99 }) => p99),
    'CPU ms each': of(({ cpuMs, perSecond }) => cpuMs / (perSecond * seconds)),
    'late ms': of(({ lateMs }) => lateMs),
  };
}
