import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { serveGit } from '../sandbox/git-http.ts';
import { startGitHub } from '../sandbox/github/github.ts';
import type { GitHub } from '../sandbox/github/github.ts';
import { violationLines } from '../sandbox/github/violations.ts';
import type { WireRequest } from '../sandbox/wire.ts';
import { dataNote, services } from './data.ts';
import type { SweepOrder, SweepRun } from './idle-sweep-alone.ts';
import { progress } from './report.ts';
import type { Benchmark, Report } from './report.ts';
import { median } from './statistics.ts';
import { makeRepository } from './update.ts';
import { withFolder, withUpstreams } from './upstreams.ts';

export const idleSweep: Benchmark = {
  name: 'idle-sweep',
  about: 'a sweep of the App that finds all its pull requests as they should be',
  run: () => withUpstreams((root) => withFolder((folder) => run(root, folder))),
};

const rounds = 5;

async function run(root: string, folder: string): Promise<Report> {
  const repository = join(folder, 'images-repository');
  await makeRepository(root, repository);
  const upstream = await serveGit(root);
  const github = await startGitHub({ limits: 'none' });
  try {
    const order = await install(github, repository);
    const given = { ...order, template: `${upstream.url}/{component}` };
    return await measure({ github, upstream }, { ...given, cacheDir: join(folder, 'cache') });
  } finally {
    await Promise.all([github.stop(), upstream.close()]);
  }
}

type Installed = Omit<SweepOrder, 'template' | 'cacheDir'>;

async function install(github: GitHub, from: string): Promise<Installed> {
  await github.addRepository({ name: 'acme/images', from, people: { alice: 'admin' } });
  const writes = { contents: 'write', pull_requests: 'write', checks: 'write' } as const;
  const permissions = { ...writes, issues: 'write' } as const;
  const app = github.addApp({ name: 'Pinwheel', permissions, events: ['push'] });
  const { id: installation } = github.install(app, 'acme');
  const { apiUrl, webUrl } = github;
  return {
    ...{ appId: app.id, privateKey: app.privateKey, apiUrl, webUrl },
    repository: { installation, owner: 'acme', name: 'images' },
  };
}

interface Servers {
  readonly github: GitHub;
  readonly upstream: { readonly requests: readonly WireRequest[] };
}

async function measure({ github, upstream }: Servers, order: SweepOrder): Promise<Report> {
  const child = fork(join(import.meta.dirname, 'idle-sweep-alone.ts'), [JSON.stringify(order)]);
  await once(child, 'message');
  async function sweepOnce() {
    const from = { github: github.requests.length, upstream: upstream.requests.length };
    const answer = once(child, 'message');
    child.send('sweep');
    const [ran] = (await answer) as [SweepRun];
    const wire = github.requests.slice(from.github);
    return { ran, wire, upstream: upstream.requests.slice(from.upstream) };
  }
  progress('idle-sweep: the first sweep opens what is to be opened');
  const first = await sweepOnce();
  await sweepOnce();
  const later: (typeof first)[] = [];
  for (let round = 0; round < rounds; round += 1) later.push(await sweepOnce());
  child.disconnect();
  const [problem] = violationLines(github.violations);
  if (problem !== undefined) throw new Error(problem);
  const idle = later.at(-1) ?? first;
  const writes = idle.wire.filter(({ method, path }) => method !== 'GET' && !isGit(path));
  return {
    title: `idle-sweep: ${services.size} components of one series`,
    rows: [row('the first, which opens pull requests', [first]), row('nothing to do', later)],
    goals: [
      { what: 'writes, a token left out', measured: writes.length - 1, atMost: 0 },
      { what: 'requests of the hour', measured: counted(idle.wire).length, atMost: 10 },
    ],
    notes: [
      `the first: ${first.ran.what}; later: ${idle.ran.what}`,
      `asked of GitHub: ${idle.wire.map(({ method, path }) => `${method} ${shortPath(path)}`).join(', ')}`,
      'requests and bytes are counted at the servers, headers included; CPU is of the process that sweeps and its git processes',
      dataNote,
    ],
  };
}

function isGit(path: string): boolean {
  return path.includes('.git/');
}

/** Those that count against the limit of an hour: tokens and git do not. */
function counted(wire: readonly WireRequest[]): readonly WireRequest[] {
  return wire.filter(({ path }) => !isGit(path) && !path.includes('/access_tokens'));
}

function shortPath(path: string): string {
  return path.replace('/api/v3', '').replace('/repos/acme/images', '').replace(/\?.*/, '');
}

interface Swept {
  readonly ran: SweepRun;
  readonly wire: readonly WireRequest[];
  readonly upstream: readonly WireRequest[];
}

function row(what: string, runs: readonly Swept[]): Report['rows'][number] {
  function of(pick: (run: Swept) => number): number {
    return median(runs.map(pick));
  }
  return {
    what,
    'wall ms': of(({ ran }) => ran.wallMs),
    'CPU ms': of(({ ran }) => ran.cpuMs),
    'GitHub requests': of(({ wire }) => wire.length),
    'GitHub KB': of(({ wire }) => kilobytes(wire)),
    'upstream requests': of(({ upstream }) => upstream.length),
    'upstream KB': of(({ upstream }) => kilobytes(upstream)),
  };
}

function kilobytes(wire: readonly WireRequest[]): number {
  return wire.reduce((sum, { bytesIn, bytesOut }) => sum + bytesIn + bytesOut, 0) / 1000;
}
