import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { startGitHub } from '../../sandbox/github/github.ts';
import type { GitHub } from '../../sandbox/github/github.ts';
import type { OpenStackStory } from '../../sandbox/openstack-story.ts';
import { violationLines } from '../../sandbox/github/violations.ts';
import { runningPostmaster } from '../../src/edge/store/postmaster.ts';
import { manyWrites, sceneUpstreams } from '../support/app-scene.ts';
import type { AppProcessSettings } from '../support/app-process.ts';
import { killableApp } from '../support/killable-app.ts';
import type { KillableApp } from '../support/killable-app.ts';
import { addApp, securityFix } from '../support/orders-world.ts';
import { emptyDataDir, scratchDataDir } from '../support/postgres.ts';
import { seededRandom } from '../support/random.ts';
import { rememberedTemplate } from '../support/remembering-server.ts';
import { repositoryState, writesSoFar } from '../support/repository-state.ts';
import type { RepositoryState } from '../support/repository-state.ts';
import { startWebhookGate } from '../support/webhook-gate.ts';

/** PINWHEEL_KILLS: how often something is killed; PINWHEEL_SEED: where the random moments begin. */
const kills = Number(process.env['PINWHEEL_KILLS'] ?? 40);
const seed = Number(process.env['PINWHEEL_SEED'] ?? 1);
const killsPerSweep = 20;

const series = [
  { id: '2025.1', name: 'epoxy', initialRelease: '2025-04-02', major: 31 },
  { id: '2025.2', name: 'flamingo', initialRelease: '2025-10-01', major: 32 },
  { id: '2026.1', name: 'gazpacho', initialRelease: '2026-04-01', major: 33 },
] as const;

/** In each of three series: two fixes of security holes, a release, and constraints. */
const story: OpenStackStory = {
  series: series.map(({ id, name, initialRelease }) => ({
    ...{ id, name, initialRelease, status: 'maintained' },
  })),
  components: ['nova', 'glance', 'keystone'].map((name) => ({
    name,
    lines: Object.fromEntries(
      series.map(({ id, major }) => [
        id,
        name === 'keystone'
          ? [`${major}.0.0`, `${major}.0.1`]
          : [`${major}.0.0`, securityFix(`${major}.0.1`)],
      ]),
    ),
  })),
};

const dockerfile = 'FROM python-base\nRUN --mount=type=bind,from=source,target=/source true\n';
const files: Readonly<Record<string, string>> = {
  '.github/pinwheel.yml': 'limits:\n  openPullRequests: 50\n',
  'images/python-base/Dockerfile': 'FROM scratch\n',
  'images/nova/Dockerfile': dockerfile,
  ...Object.fromEntries(
    series.map(({ id, major }) => [
      `releases/${id}/source-refs.yaml`,
      ['nova', 'glance', 'keystone'].map((name) => `${name}: "${major}.0.0"\n`).join(''),
    ]),
  ),
};

test(`${kills} kills over sweeps that open 12 pull requests lose nothing, and do nothing twice`, async () => {
  const { template } = await sceneUpstreams(story);
  const upstream = await rememberedTemplate(template);
  const faultless = await sweepOnce(upstream, 0);
  expect(faultless.state.pulls).toHaveLength(12);
  const tally = { app: 0, postgres: 0, both: 0 };
  const random = seededRandom(seed);
  let left = kills;
  for (let sweep = 1; left > 0; sweep += 1) {
    const now = Math.min(left, killsPerSweep);
    const { state } = await sweepOnce(upstream, sweep, async (here) => {
      for (let count = 0; count < now; count += 1) tally[await killSomething(here, random)] += 1;
    });
    expect(state, `sweep ${sweep}`).toEqual(faultless.state);
    left -= now;
    console.info(`${kills - left} kills`, tally);
  }
}, 3_600_000);

interface Here {
  readonly github: GitHub;
  readonly dataDir: string;
  /** Started again whenever it ends. */
  readonly app: () => KillableApp;
  /** Puts its clock forward, in milliseconds, from its next start on. */
  readonly pass: (time: number) => void;
}

/** In a world of its own: an App that has never run finds what is to be done, and is killed meanwhile. */
async function sweepOnce(
  upstream: string,
  nth: number,
  trouble: (here: Here) => Promise<void> = () => Promise.resolve(),
): Promise<{ readonly state: RepositoryState }> {
  const undo: (() => Promise<void>)[] = [];
  try {
    const here = await begin(upstream, nth, undo);
    await trouble(here);
    await untilIdle(here);
    for (let looks = 0; looks < 3; looks += 1) {
      here.pass(betweenLooks);
      await restartGently(here);
    }
    // What was sent while nobody listened is asked for at the next start.
    await restartGently(here);
    const before = writesSoFar(here.github).length;
    await restartGently(here);
    expect(writesSoFar(here.github).slice(before), `sweep ${nth}, once more`).toEqual([]);
    const state = await repositoryState(here.github, 'alice');
    expect(violationLines(here.github.violations)).toEqual([]);
    return { state };
  } finally {
    for (const step of undo.toReversed()) await step();
  }
}

/** Two and a half days: however often a webhook was sent in vain, it is asked for again at once. */
const atFirst = 60 * 3_600_000;

/**
 * The App may build nothing here, nor look: a build that was cut off while it was asked for is lost when that
 * has lasted a quarter of an hour.
 */
const betweenLooks = 10 * 60_000;

async function begin(upstream: string, nth: number, undo: (() => Promise<void>)[]): Promise<Here> {
  const github = await startGitHub({ limits: 'none', seed: nth });
  undo.push(() => github.stop());
  await github.addRepository({ name: 'acme/images', files, people: { alice: 'admin' } });
  const owned = addApp(github);
  const dataDir = await dataFolder();
  let ahead = atFirst;
  const settings: Omit<AppProcessSettings, 'ahead'> = {
    writesPerMinute: manyWrites,
    config: {
      appId: owned.id,
      privateKey: owned.privateKey,
      webhookSecret: owned.webhookSecret ?? '',
      ...{ apiUrl: github.apiUrl, webUrl: github.webUrl, host: '127.0.0.1', port: 0 },
      ...{ metricsPort: 0, dataDir, logLevel: 'info', upstream: [upstream], workers: 4 },
    },
  };
  let url: string | undefined;
  let app: KillableApp;
  let isOver = false;
  function start(): void {
    url = undefined;
    app = killableApp({ ...settings, ahead });
    const own = app;
    own.listening.then(
      (listening) => {
        if (app === own) ({ url } = listening);
      },
      () => undefined,
    );
    void own.ended.then(() => {
      if (!isOver) start();
    });
  }
  start();
  undo.push(() => {
    isOver = true;
    return app.end('SIGTERM');
  });
  const gate = await startWebhookGate(() => (url === undefined ? [] : [url]));
  github.setWebhook(owned, gate.url);
  function pass(time: number): void {
    ahead += time;
  }
  return { github, dataDir, app: () => app, pass };
}

/** With a cluster that need not be made. */
async function dataFolder(): Promise<string> {
  const dataDir = await emptyDataDir(onTestFinished);
  const ready = await scratchDataDir({ after: onTestFinished });
  await mkdir(join(dataDir, 'store'));
  const cluster = join(dataDir, 'store', 'postgres');
  await promisify(execFile)('cp', ['-a', join(ready, 'postgres'), cluster]);
  return dataDir;
}

type Victim = 'app' | 'postgres' | 'both';

/** At a random moment from its start on. */
async function killSomething(here: Here, random: () => number): Promise<Victim> {
  const dice = random();
  const victim = dice < 0.5 ? 'app' : dice < 0.75 ? 'postgres' : 'both';
  // Mostly in the middle of work, sometimes while it starts.
  if (random() < 0.8) await here.app().listening.catch(() => undefined);
  await sleep(random() * 2500);
  if (victim !== 'app') {
    const pid = await runningPostmaster(join(here.dataDir, 'store', 'postgres'));
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  }
  if (victim !== 'postgres') await here.app().end('SIGKILL');
  return victim;
}

async function restartGently(here: Here): Promise<void> {
  await here.app().end('SIGTERM');
  await untilIdle(here);
}

/** When nothing was to be done for a while; webhooks of what was done last may bring something. */
async function untilIdle({ github, app }: Here): Promise<void> {
  for (let quiet = 0; quiet < 3;) {
    await github.settled();
    const jobs = await app()
      .jobs()
      .catch(() => undefined);
    quiet = jobs === 0 ? quiet + 1 : 0;
    await sleep(100);
  }
}
