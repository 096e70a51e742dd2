import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import { startGitHub } from '../../sandbox/github/github.ts';
import type { GitHub, GitHubOptions } from '../../sandbox/github/github.ts';
import type { App as GitHubsApp } from '../../sandbox/github/state/nouns.ts';
import { violationLines } from '../../sandbox/github/violations.ts';
import { startApp } from '../../src/app/app.ts';
import type { AppOptions, RunningApp } from '../../src/app/app.ts';
import type { AppConfig } from '../../src/app/config.ts';
import { createLog } from '../../src/app/log.ts';
import { webhookPath } from '../../src/app/webhook-door.ts';
import type { JobWork } from '../../src/app/worker.ts';
import { jobKey } from '../../src/core/model/job.ts';
import type { JobRequest, Outcome } from '../../src/core/model/job.ts';

/** A line of the App's log. */
export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** The App in this process, and what it wrote down. It is stopped after the test. */
export interface WatchedApp extends RunningApp {
  readonly lines: readonly LogLine[];
  /** Lines with this message. */
  readonly said: (message: string) => readonly LogLine[];
  /** Resolves when the condition holds. */
  readonly until: (condition: () => boolean | Promise<boolean>) => Promise<void>;
}

export interface TestAppOptions extends Partial<Omit<AppOptions, 'config' | 'log'>> {
  readonly github: GitHub;
  readonly app: GitHubsApp;
  readonly databaseUrl: string;
  readonly config?: Partial<AppConfig>;
  /** Whether commits are built; most tests are about something else. */
  readonly builds?: true;
}

/** Starts the App for a small GitHub, which sends its webhooks here from then on. */
export async function startTestApp(options: TestAppOptions): Promise<WatchedApp> {
  const { github, app, databaseUrl, config, builds, work, ...rest } = options;
  const lines: LogLine[] = [];
  const to = { write: (line: string) => void lines.push(JSON.parse(line) as LogLine) };
  const cacheDir = await scratch();
  const running = await startApp({
    config: {
      appId: app.id,
      privateKey: app.privateKey,
      webhookSecret: app.webhookSecret ?? '',
      apiUrl: github.apiUrl,
      webUrl: github.webUrl,
      ...{ host: '127.0.0.1', port: 0, metricsPort: 0, databaseUrl, dataDir: cacheDir },
      ...{ logLevel: 'debug', upstream: [], workers: 4 },
      ...config,
    },
    log: createLog({ level: 'debug', secrets: [], to }),
    cacheDir,
    limits: { pollMs: 50, backoffMs: () => 20, cronSeconds: 45 },
    ...rest,
    work: { ...(builds ? {} : { build: unbuilt }), ...work },
  });
  onTestFinished(() => running.stop(0));
  github.setWebhook(app, `${running.url}${webhookPath}`);
  return {
    ...running,
    lines,
    said: (message) => lines.filter(({ msg }) => msg === message),
    until,
  };
}

function unbuilt(): Promise<Outcome> {
  return Promise.resolve({ kind: 'nothing', why: 'this is not about builds' });
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 40_000;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`it never came: ${String(condition)}`);
    await sleep(20);
  }
}

async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pinwheel-app-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A small GitHub with one repository that an App is installed on; it ends with the test. */
export interface Place {
  readonly github: GitHub;
  readonly app: GitHubsApp;
  readonly installation: number;
}

export async function placeWithApp({
  files = { 'releases/2025.2/source-refs.yaml': 'nova: "32.0.0"\n' },
  ...options
}: GitHubOptions & { readonly files?: Readonly<Record<string, string>> } = {}): Promise<Place> {
  const github = await startGitHub({ limits: 'none', ...options });
  onTestFinished(async () => {
    await github.stop();
    expect(violationLines(github.violations)).toEqual([]);
  });
  await github.addRepository({
    ...{ name: 'acme/images', files },
    people: { alice: 'admin' },
  });
  const app = github.addApp({
    name: 'Pinwheel',
    permissions: {
      ...{ contents: 'write', pull_requests: 'write', checks: 'write', issues: 'write' },
      ...{ actions: 'write', merge_queues: 'read' },
    },
    events: [
      ...['push', 'pull_request', 'merge_group', 'check_run', 'check_suite'],
      ...['issue_comment', 'workflow_run', 'workflow_job'],
    ],
    webhookSecret: 'secret of the webhook',
  });
  return { github, app, installation: github.install(app, 'acme').id };
}

export interface IdleApp extends WatchedApp {
  /** Keys of the sweeps and checks that were run. */
  readonly ran: readonly string[];
}

/** An App that only writes down which sweeps and checks it would do, unless other work is given. */
export async function startIdleApp(options: TestAppOptions): Promise<IdleApp> {
  const ran: string[] = [];
  function write(request: JobRequest): Promise<Outcome> {
    ran.push(jobKey(request));
    return Promise.resolve({ kind: 'done' });
  }
  const noted: Partial<JobWork> = { sweep: write, check: write };
  const app = await startTestApp({ ...options, work: { ...noted, ...options.work } });
  return { ...app, ran };
}

/** When no job waits or runs. */
export async function untilIdle({ store, until: wait }: WatchedApp): Promise<void> {
  await wait(async () => (await store.countJobs()).every(({ state }) => state === 'dead'));
}
