import pLimit from 'p-limit';
import { runGit } from '../sandbox/git.ts';
import { serveGit } from '../sandbox/git-http.ts';
import { forkReplay } from '../sandbox/replay-process.ts';
import type { ReplayProcess } from '../sandbox/replay-process.ts';
import type { Recording } from '../sandbox/replay.ts';
import type { Upstream } from '../src/edge/upstream/upstream.ts';
import { dataNote, services } from './data.ts';
import { progress } from './report.ts';
import type { Benchmark, Report } from './report.ts';
import { inTurns, median, ratioOf, timed } from './statistics.ts';
import { openUpstream, prefixesOf, repositoryNames, sweep, sweepOnce } from './sweep.ts';
import type { Place } from './sweep.ts';
import { record, withFolder, withUpstreams } from './upstreams.ts';

export const refs: Benchmark = {
  name: 'refs',
  about: 'what is new in 6, 40 and 400 repositories, against git ls-remote',
  run: () => withUpstreams((root) => withFolder((cacheDir) => run(root, cacheDir))),
};

/** Repositories, and how often each way is taken: the fewer there are, the more one run strays. */
const sizes = [
  { repositories: 6, pairs: 9 },
  { repositories: 40, pairs: 5 },
  { repositories: 400, pairs: 3 },
];
const concurrencies = [1, 8, 32];

interface Setting extends Place {
  readonly repositories: number;
  readonly pairs: number;
}

async function run(root: string, cacheDir: string): Promise<Report> {
  const recording = await recordSweep(root, cacheDir);
  const rows: Awaited<ReturnType<typeof measure>>[] = [];
  for (const size of sizes) {
    const names = repositoryNames(size.repositories);
    const server = await forkReplay({ recording, names });
    for (const concurrency of concurrencies) {
      progress(`refs: ${size.repositories} repositories, ${concurrency} at once`);
      rows.push(await measure(server, { ...size, url: server.url, cacheDir, concurrency }));
    }
    await server.close();
  }
  const releases = await countReleases(root, cacheDir);
  return {
    title: 'refs: what is new in N repositories',
    rows,
    goals: [
      { what: 'least ratio', measured: Math.min(...rows.map((row) => row.ratio)), atLeast: 4 },
      {
        what: 'requests per unchanged repository',
        measured: Math.max(...rows.map((row) => row['requests first'])),
        atMost: 2,
      },
      {
        what: 'KB per unchanged repository',
        measured: Math.max(...rows.map((row) => row['KB first'])),
        atMost: 2,
      },
      { what: 'requests for all of openstack/releases', measured: releases.later, atMost: 1 },
    ],
    notes: [
      'ours: Upstream.listRefs, a new client for each sweep; git: one `git ls-remote URL` for each repository, as many at once; a process of its own replays the answers',
      'requests and KB are per repository, headers included: first in a sweep by a new client, later in the next one by the same',
      `openstack/releases unchanged, three series: ${releases.first} request(s) by a new client, ${releases.later} by the same one later`,
      dataNote,
    ],
  };
}

async function measure(server: ReplayProcess, setting: Setting) {
  const { repositories, concurrency, pairs } = setting;
  const names = [...repositoryNames(repositories).keys()];
  async function ours(): Promise<void> {
    await sweepOnce(setting, repositories);
  }
  async function git(): Promise<void> {
    const limit = pLimit(concurrency);
    await Promise.all(names.map((name) => limit(runGit, ['ls-remote', `${setting.url}/${name}`])));
  }
  // What is needed for the first time only, such as code that is not compiled yet, is no cost of sweeping.
  await ours();
  const times = await inTurns(
    pairs,
    () => timed(ours),
    () => timed(git),
  );
  const ratio = ratioOf(times);
  const upstream = openUpstream(setting);
  const first = await wireOf(server, () => sweep(upstream, repositories));
  const later = await wireOf(server, () => sweep(upstream, repositories));
  upstream.close();
  return {
    repositories,
    'at once': concurrency,
    'ours ms': median(times.ours),
    'git ms': median(times.theirs),
    ratio: ratio.median,
    'from-to': `${ratio.least.toFixed(0)}-${ratio.most.toFixed(0)}`,
    'requests first': first.requests / repositories,
    'KB first': first.bytes / 1000 / repositories,
    'requests later': later.requests / repositories,
    'KB later': later.bytes / 1000 / repositories,
  };
}

/** The answers to both ways of asking; each of our questions by a new client, which discovers the protocol. */
export function recordSweep(root: string, cacheDir: string): Promise<Recording> {
  return record(root, async (url) => {
    for (const component of services.keys()) {
      const upstream = openUpstream({ url, cacheDir, concurrency: 1 });
      await upstream.listRefs([{ component, prefixes: prefixesOf(component) }], new Map());
      upstream.close();
      await runGit(['ls-remote', `${url}/${component}`]);
    }
  });
}

async function wireOf(server: ReplayProcess, work: () => Promise<void>) {
  await server.report();
  await work();
  const { requests, misses } = await server.report();
  if (misses[0] !== undefined) throw new Error(`refs: not recorded: ${misses[0]}`);
  const bytes = requests.reduce((sum, { bytesIn, bytesOut }) => sum + bytesIn + bytesOut, 0);
  return { requests: requests.length, bytes };
}

/** Requests to learn that openstack/releases has not moved: by a new process, and by one that goes on. */
async function countReleases(root: string, cacheDir: string) {
  const server = await serveGit(root);
  async function count(upstream: Upstream): Promise<number> {
    const before = server.requests.length;
    await upstream.releases(['2025.1', '2025.2', '2026.1']);
    return server.requests.length - before;
  }
  const place = { url: server.url, cacheDir, concurrency: 32 };
  const filling = openUpstream(place);
  await count(filling);
  filling.close();
  const upstream = openUpstream(place);
  const [first, later] = [await count(upstream), await count(upstream)];
  upstream.close();
  await server.close();
  return { first, later };
}
