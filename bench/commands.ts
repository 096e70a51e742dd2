import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBot } from '../sandbox/demo-bot.ts';
import type { Bot } from '../sandbox/demo-bot.ts';
import { makeRunner } from '../sandbox/demo-runner.ts';
import { serveGit } from '../sandbox/git-http.ts';
import { startGitHub } from '../sandbox/github/github.ts';
import type { GitHub } from '../sandbox/github/github.ts';
import { violationLines } from '../sandbox/github/violations.ts';
import { makeOpenStack } from '../sandbox/openstack.ts';
import type { OpenStackStory } from '../sandbox/openstack-story.ts';
import { project } from './process.ts';
import { progress } from './report.ts';
import type { Benchmark, Report } from './report.ts';
import { quantile } from './statistics.ts';
import { withFolder } from './upstreams.ts';

export const commands: Benchmark = {
  name: 'commands',
  about: 'from a comment with /rebuild to its reaction, and to the dispatch of the workflow',
  run: () => withFolder(run),
};

const comments = 40;
const warmUps = 3;

const series = '2025.2';
const story: OpenStackStory = {
  series: [{ id: series, name: 'flamingo', status: 'maintained', initialRelease: '2025-10-01' }],
  components: [{ name: 'nova', lines: { [series]: ['32.0.0'] } }],
};
const files = {
  '.github/pinwheel.yml': 'limits: {commandsPerHour: 1000}\n',
  '.github/workflows/build-images.yaml': `name: build-images
run-name: build-images \${{ inputs.correlation }}
on: { workflow_dispatch: { inputs: { commit: {}, publish: {}, correlation: {}, cells: {} } } }
`,
  'images/python-base/Dockerfile': `FROM ubuntu:noble@sha256:${'ab'.repeat(32)}\n`,
  'images/nova/Dockerfile': 'FROM python-base\nRUN --mount=type=bind,from=source,target=/s true\n',
  [`releases/${series}/source-refs.yaml`]: 'nova: "32.0.0"\n',
};

async function run(folder: string): Promise<Report> {
  // Who runs PostgreSQL has to get in.
  await chmod(folder, 0o755);
  await makeOpenStack(join(folder, 'upstreams'), story);
  const upstream = await serveGit(join(folder, 'upstreams'));
  const github = await startGitHub({ limits: 'none' });
  const bot = await startPinwheel(github, folder, `${upstream.url}/{component}`);
  try {
    const number = await proposeChange(github);
    progress(`commands: ${comments} comments, one after another`);
    const timed: Timed[] = [];
    for (let index = 0; index < warmUps + comments; index += 1) {
      const one = await commentOnce(github, number);
      if (index >= warmUps) timed.push(one);
    }
    const [problem] = violationLines(github.violations);
    if (problem !== undefined) throw new Error(problem);
    return reportOf(timed);
  } finally {
    await bot.stop();
    await Promise.all([github.stop(), upstream.close()]);
  }
}

async function startPinwheel(github: GitHub, folder: string, template: string): Promise<Bot> {
  await github.addRepository({ name: 'acme/images', files, people: { alice: 'admin' } });
  github.runActions('acme/images', makeRunner({ seconds: 0, failures: [] }));
  const app = github.addApp({
    name: 'Pinwheel',
    permissions: {
      ...{ contents: 'write', pull_requests: 'write', checks: 'write' },
      ...{ issues: 'write', actions: 'write' },
    },
    events: ['pull_request', 'issue_comment', 'workflow_run', 'workflow_job'],
    webhookSecret: 'secret of the benchmark',
  });
  const bot = startBot({
    cli: join(project, 'src/app/cli.ts'),
    dataDir: join(folder, 'bot'),
    env: {
      ...{ PATH: process.env['PATH'], HOME: folder, XDG_CACHE_HOME: join(folder, 'cache') },
      ...{ APP_ID: String(app.id), PRIVATE_KEY: app.privateKey },
      ...{ WEBHOOK_SECRET: app.webhookSecret ?? '', PINWHEEL_UPSTREAM: template },
      ...{ GITHUB_API_URL: github.apiUrl, GITHUB_WEB_URL: github.webUrl },
      ...{ HOST: '127.0.0.1', PORT: '0', GITHUB_WRITES_PER_MINUTE: '10000' },
    },
  });
  const { url } = await bot.said(({ msg }) => msg === 'listening');
  github.setWebhook(app, `${String(url)}/api/github/webhooks`);
  github.install(app, 'acme');
  return bot;
}

/** A pull request that changes no image. */
async function proposeChange(github: GitHub): Promise<number> {
  const alice = github.as('alice');
  await alice.push({ branch: 'topic', files: { 'README.md': 'x\n' }, message: 'Say more' });
  return alice.openPullRequest({ title: 'Say more', head: 'topic' });
}

/** Milliseconds from the comment, all in all and without those in which the small GitHub was answering. */
interface Timed {
  readonly reaction: Took;
  readonly dispatch: Took;
}

interface Took {
  readonly wall: number;
  readonly own: number;
}

async function commentOnce(github: GitHub, number: number): Promise<Timed> {
  const { requests } = github;
  const from = requests.length;
  const began = performance.now();
  await github.as('alice').comment(number, `/rebuild nova ${series}`);
  const reacted = await arrival(/\/reactions$/);
  const dispatched = await arrival(/\/dispatches$/);
  // The next one waits until this one is built and answered: what is measured is one command alone.
  await arrival(/\/reactions$/, 2);
  await github.settled();
  await sleep(200);
  return { reaction: took(reacted), dispatch: took(dispatched) };

  async function arrival(path: RegExp, count = 1): Promise<number> {
    for (;;) {
      const found = requests
        .slice(from)
        .filter((one) => one.method === 'POST' && path.test(one.path));
      const wanted = found[count - 1];
      if (wanted) return wanted.arrivedAt;
      await sleep(5);
    }
  }
  function took(until: number): Took {
    const busy = requests
      .slice(from)
      .map(({ arrivedAt, endedAt }) => [arrivedAt, Math.min(endedAt, until)] as const)
      .filter(([start, end]) => start < until && end > start);
    return { wall: until - began, own: until - began - covered(busy) };
  }
}

/** How much time some spans cover together; they come by their begin. */
function covered(spans: readonly (readonly [number, number])[]): number {
  let [total, until] = [0, 0];
  for (const [start, end] of spans) {
    total += Math.max(0, end - Math.max(start, until));
    until = Math.max(until, end);
  }
  return total;
}

function reportOf(timed: readonly Timed[]): Report {
  const reaction = timed.map((one) => one.reaction);
  const dispatch = timed.map((one) => one.dispatch);
  return {
    title: `commands: /rebuild, ${timed.length} comments`,
    rows: [row('comment to reaction', reaction), row('comment to dispatch', dispatch)],
    goals: [
      { what: 'comment to reaction, own p50 in ms', measured: p(reaction, 0.5), atMost: 250 },
      { what: 'comment to reaction, own p99 in ms', measured: p(reaction, 0.99), atMost: 1000 },
      { what: 'comment to dispatch, own p50 in ms', measured: p(dispatch, 0.5), atMost: 1000 },
      { what: 'comment to dispatch, own p99 in ms', measured: p(dispatch, 0.99), atMost: 3000 },
    ],
    notes: [
      'until the request arrives at the small GitHub, which runs in the process that measures; own is without the time in which that was answering a request of the bot',
      `one command at a time; of ${timed.length} the p99 is the slowest`,
    ],
  };
}

function p(all: readonly Took[], share: number): number {
  return quantile(
    all.map(({ own }) => own),
    share,
  );
}

function row(what: string, all: readonly Took[]): Report['rows'][number] {
  const wall = all.map((one) => one.wall);
  return {
    what,
    'own p50 ms': p(all, 0.5),
    'own p99 ms': p(all, 0.99),
    'p50 ms': quantile(wall, 0.5),
    'p99 ms': quantile(wall, 0.99),
  };
}
