import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../core/model/failures.ts';
import { createGitHubApp } from '../edge/github/app.ts';
import type { GitHubApp } from '../edge/github/app.ts';
import { openStore } from '../edge/store/store.ts';
import type { Store, StoreEvent } from '../edge/store/store.ts';
import type { Worker, WorkerLimits } from '../edge/store/worker-options.ts';
import { createAppWorld } from './app-world.ts';
import type { AppWorld } from './app-world.ts';
import type { AppConfig } from './config.ts';
import { journeyWork } from './job-work.ts';
import type { Listening } from './listen.ts';
import type { Log } from './log.ts';
import { createMetrics } from './metrics.ts';
import type { Metrics } from './metrics.ts';
import { createPages } from './pages.ts';
import { startSchedules } from './schedule.ts';
import { serveApp, serveMetrics } from './server.ts';
import { createWebhookDoor } from './webhook-door.ts';
import { startAppWorker } from './worker.ts';
import type { JobWork } from './worker.ts';

export interface AppOptions {
  readonly config: AppConfig;
  readonly log: Log;
  /** What was fetched once is kept there. */
  readonly cacheDir: string;
  /** Work that is done in another way than by the journeys. */
  readonly work?: Partial<JobWork>;
  readonly world?: Partial<AppWorld>;
  readonly limits?: Partial<WorkerLimits>;
  /** Of one installation. Default: what GitHub asks for. */
  readonly writesPerMinute?: number;
}

/** The App at work. */
export interface RunningApp {
  /** Where it listens; webhooks go to `webhookPath` below it. */
  readonly url: string;
  readonly metricsUrl?: string;
  readonly store: Store;
  /** Takes nothing new, waits for what is under way, and gives back what still runs after `graceMs`. */
  readonly stop: (graceMs: number) => Promise<void>;
}

/** Starts all of the App, or nothing: what was begun when something fails is taken down again. */
export async function startApp(options: AppOptions): Promise<RunningApp> {
  const undo: (() => Promise<unknown>)[] = [];
  try {
    return await start(options, undo);
  } catch (error) {
    for (const step of undo.toReversed()) await step().catch(() => undefined);
    throw error;
  }
}

async function start(options: AppOptions, undo: (() => Promise<unknown>)[]): Promise<RunningApp> {
  const { config, log } = options;
  const store = await openAppStore(config, log);
  undo.push(() => store.close());
  const metrics = createMetrics(store);
  // Not before the store: it sees to it that who runs PostgreSQL may enter the folders around.
  await makeFolder(options.cacheDir);
  const world = openWorld(options, metrics);
  undo.push(() => {
    world.close();
    return Promise.resolve();
  });
  const servers = await listen(options, { store, metrics, github: world.github });
  undo.push(() => Promise.all(Object.values(servers).map((one) => one.stop(0))));
  const worker = await startAppWorker({
    ...{ store, log, metrics, workers: config.workers },
    work: { ...journeyWork({ ...world, store }), ...options.work },
    ...(options.limits && { limits: options.limits }),
  });
  await startSchedules(store);
  const { server, numbers } = servers;
  log.info({ url: server.url, ...(numbers && { metrics: numbers.url }) }, 'listening');
  return {
    url: server.url,
    ...(numbers && { metricsUrl: numbers.url }),
    store,
    stop: (graceMs) => stopAll({ servers, worker, world, store }, graceMs),
  };
}

interface Running {
  readonly servers: Listeners;
  readonly worker: Worker;
  readonly world: AppWorld;
  readonly store: Store;
}

/** First what brings work, then the work, then what it stands on. */
async function stopAll({ servers, worker, world, store }: Running, graceMs: number): Promise<void> {
  const closed = Object.values(servers).map((one) => one.stop(graceMs));
  await Promise.all([...closed, worker.stop({ graceMs })]);
  world.close();
  await store.close();
}

function openAppStore({ databaseUrl, dataDir, workers }: AppConfig, log: Log): Promise<Store> {
  const common = {
    // One for each job, and some for webhooks.
    connections: workers + 8,
    onEvent: (event: StoreEvent) => {
      hearStore(log, event);
    },
  };
  return openStore(
    databaseUrl === undefined
      ? { ...common, dataDir: join(dataDir, 'store') }
      : { ...common, databaseUrl },
  );
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(
      `the folder ${path} cannot be made: ${why}`,
      'set PINWHEEL_DATA_DIR to a folder that this user may write to',
    );
  }
}

function hearStore(log: Log, event: StoreEvent): void {
  switch (event.kind) {
    case 'server-ready':
      log.info({ how: event.how, ms: event.tookMs }, 'private PostgreSQL is ready');
      break;
    case 'server-lost':
      log.error('private PostgreSQL is gone, and is started again');
      break;
    case 'server-failed':
      log.error({ why: event.why }, 'private PostgreSQL does not start');
      break;
    case 'warning':
      log.warn({ why: event.message }, 'the store warns');
      break;
  }
}

type GitHubWorld = AppWorld & { readonly github: GitHubApp };

function openWorld(options: AppOptions, metrics: Metrics): GitHubWorld {
  const { config, cacheDir, writesPerMinute } = options;
  const world = { ...createAppWorld({ cacheDir, templates: config.upstream }), ...options.world };
  const { appId, privateKey, apiUrl, webUrl } = config;
  const github = createGitHubApp({
    ...{ appId, privateKey, apiUrl, webUrl },
    now: () => world.clock.now(),
    ...(writesPerMinute !== undefined && { writesPerMinute }),
    onRequestsLeft: (installation, left) => {
      metrics.requestsLeft(installation, left);
    },
  });
  return { ...world, github };
}

interface Served {
  readonly store: Store;
  readonly metrics: Metrics;
  readonly github: GitHubApp;
}

type Listeners = Readonly<Record<'server', Listening> & Partial<Record<'numbers', Listening>>>;

async function listen(
  { config, log }: AppOptions,
  { store, metrics, github }: Served,
): Promise<Listeners> {
  const door = await createWebhookDoor({ config, store, log, metrics, now: () => Date.now() });
  const account = introduce(github, log);
  const { webUrl, host, port, metricsPort } = config;
  const pages = createPages({ health: () => store.health(), account, webUrl });
  const server = await serveApp({ host, port }, { door, pages });
  if (metricsPort === undefined) return { server };
  try {
    return { server, numbers: await serveMetrics({ host, port: metricsPort }, metrics) };
  } catch (error) {
    await server.stop(0);
    throw error;
  }
}

/** Asks GitHub who this App is until it says so: a wrong key is seen at once, and not by the first webhook. */
function introduce(github: GitHubApp, log: Log): () => string | undefined {
  let account: string | undefined;
  async function ask(): Promise<void> {
    try {
      account = await github.account();
      log.info({ account }, 'GitHub knows this App');
    } catch (error) {
      log.error({ err: error }, 'GitHub does not say who this App is');
      setTimeout(() => void ask(), 60_000).unref();
    }
  }
  void ask();
  return () => account;
}
