import { spawn } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { startGitHub } from '../sandbox/github/github.ts';
import type { GitHub } from '../sandbox/github/github.ts';
import { node, project } from './process.ts';
import { progress } from './report.ts';
import type { Benchmark, Report } from './report.ts';
import { withFolder } from './upstreams.ts';
import type { LoadOrder, LoadResult } from './webhook-load.ts';

export const appMemory: Benchmark = {
  name: 'app-memory',
  about: 'memory of `pinwheel serve` and of its PostgreSQL, at rest and after 10,000 webhooks',
  run: () => withFolder(run),
};

const webhooks = 10_000;
const secret = 'secret of the benchmark';

async function run(folder: string): Promise<Report> {
  // Who runs PostgreSQL has to get in.
  await chmod(folder, 0o755);
  const github = await startGitHub({ limits: 'none' });
  const serving = await serve(github, folder);
  try {
    await sleep(5000);
    const rows = [await memoryRow('at rest', serving.pid, folder)];
    progress(`app-memory: ${webhooks} webhooks, and their jobs`);
    const load = fork(join(import.meta.dirname, 'webhook-load.ts'));
    const order: LoadOrder = { url: serving.url, secret, connections: 10, count: webhooks };
    load.send(order);
    const [{ bad, perSecond }] = (await once(load, 'message')) as [LoadResult];
    load.disconnect();
    if (bad > 0) throw new Error(`${bad} webhooks were refused`);
    rows.push(await memoryRow(`after ${webhooks} webhooks, at once`, serving.pid, folder));
    await serving.idle();
    rows.push(await memoryRow('when all jobs are done', serving.pid, folder));
    return {
      title: 'app-memory: pinwheel serve',
      rows,
      goals: [],
      notes: [
        `resident memory of the App (/proc, so on Linux only); of PostgreSQL's processes the share that is theirs, shared pages divided (PSS)`,
        `${perSecond.toFixed(0)} webhooks a second, 10 KB each, with the jobs that they ask for worked on meanwhile`,
      ],
    };
  } finally {
    await serving.stop();
    await github.stop();
  }
}

interface Serving {
  readonly pid: number;
  readonly url: string;
  /** When every delivery was worked on. */
  readonly idle: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

async function serve(github: GitHub, folder: string): Promise<Serving> {
  const permissions = { contents: 'write', pull_requests: 'write' } as const;
  const app = github.addApp({ name: 'Pinwheel', permissions, events: [], webhookSecret: secret });
  const env = {
    ...{ PATH: process.env['PATH'], HOME: folder, PINWHEEL_DATA_DIR: folder },
    ...{ APP_ID: '12', PRIVATE_KEY: app.privateKey, WEBHOOK_SECRET: secret },
    ...{ GITHUB_API_URL: github.apiUrl, GITHUB_WEB_URL: github.webUrl },
    ...{ HOST: '127.0.0.1', PORT: '0' },
  };
  const cli = join(project, 'src/app/cli.ts');
  const child = spawn(node, [cli, 'serve'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let worked = 0;
  const { promise, resolve } = Promise.withResolvers<string>();
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = JSON.parse(text) as { msg: string; kind?: string; url?: string };
    if (line.msg === 'listening') resolve(line.url ?? '');
    if (line.kind === 'delivery' && /^job (?:done|nothing)/.test(line.msg)) worked += 1;
  });
  const url = `${await promise}/api/github/webhooks`;
  return {
    ...{ pid: child.pid ?? 0, url },
    idle: async () => {
      while (worked < webhooks) await sleep(200);
    },
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'close');
    },
  };
}

async function memoryRow(when: string, pid: number, folder: string) {
  const postmaster = await readFile(join(folder, 'store/postgres/postmaster.pid'), 'utf8');
  const server = Number(postmaster.split('\n', 1)[0]);
  const backends = [server, ...(await childrenOf(server))];
  const shares = await Promise.all(backends.map((one) => kilobytesOf(one, 'smaps_rollup', 'Pss')));
  return {
    when,
    'App MB': (await kilobytesOf(pid, 'status', 'VmRSS')) / 1000,
    'PostgreSQL MB': shares.reduce((sum, share) => sum + share, 0) / 1000,
    'processes of PostgreSQL': backends.length,
  };
}

async function childrenOf(pid: number): Promise<readonly number[]> {
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = await Promise.all(all.map((one) => kilobytesOf(one, 'status', 'PPid')));
  return all.filter((_, at) => parents[at] === pid);
}

/** A number of a file in /proc; 0 where the process is gone. */
async function kilobytesOf(pid: number, file: string, field: string): Promise<number> {
  const text = await readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
}
