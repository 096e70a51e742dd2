import { execFile } from 'node:child_process';
import { chmod, mkdtemp, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { startBot } from './demo-bot.ts';
import type { Bot } from './demo-bot.ts';
import type { BuildScript } from './demo-runner.ts';
import { failuresInDemo } from './demo-story.ts';
import { imagesRepository, makeDemoWorld, templateOf } from './demo.ts';
import type { DemoWorld } from './demo.ts';
import { startGitHubProcess } from './github/process.ts';
import type { GitHubProcess, RunnerModule } from './github/process.ts';
import type { App } from './github/state/nouns.ts';

/** What is played, and with what. */
export interface StageOptions {
  /** This images repository. */
  readonly source: string;
  /** The file of the command line. */
  readonly cli: string;
  /** As `app.yml` declares it. */
  readonly app: Pick<App, 'name' | 'permissions' | 'events'> & { readonly description: string };
  /** Below the bot's address. */
  readonly webhookPath: string;
  /** How long the quickest image takes that is played to be built. */
  readonly buildSeconds: number;
  /** Ends what runs here. */
  readonly signal: AbortSignal;
}

/** A small GitHub and the real bot, each a process of its own, in one temporary folder. */
export interface DemoStage {
  readonly github: GitHubProcess;
  readonly bot: Bot;
  readonly makeWorld: () => Promise<DemoWorld>;
  /** Has the webhooks sent to the bot, and installs it. */
  readonly install: (botUrl: string) => Promise<void>;
  /** Ends all processes and takes the folder away. */
  readonly close: () => Promise<void>;
}

export async function openStage(options: StageOptions): Promise<DemoStage> {
  const folder = await makeFolder();
  const running: { github?: GitHubProcess; bot?: Bot; work?: Promise<unknown> } = {};
  const controller = new AbortController();
  const signal = AbortSignal.any([options.signal, controller.signal]);
  function waitedFor<T>(work: Promise<T>): Promise<T> {
    running.work = work;
    return work;
  }
  async function close(): Promise<void> {
    // What still writes to the folder would make it again.
    controller.abort();
    await Promise.allSettled([running.work]);
    // Then the bot: what it does to the end, it does on GitHub.
    await running.bot?.stop();
    await running.github?.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  }
  try {
    const github = (running.github = await startGitHubProcess({ limits: 'none' }));
    const app = await registerApp(github, options);
    const environment = { ...plainEnvironment(), XDG_CACHE_HOME: join(folder, 'cache') };
    const bot = (running.bot = startBot({
      cli: options.cli,
      dataDir: join(folder, 'bot'),
      env: { ...environment, ...botSettings(github, app) },
    }));
    return {
      ...{ github, bot, close },
      makeWorld: async () => {
        const place = { folder, github, environment };
        const world = await waitedFor(makeWorld({ ...options, signal }, place));
        await github.setup.runActions(imagesRepository, runnerOf(options));
        return { ...world, release: () => waitedFor(world.release()) };
      },
      install: async (botUrl) => {
        await github.setup.setWebhook(app, `${botUrl}${options.webhookPath}`);
        const [owner = ''] = imagesRepository.split('/');
        await github.setup.install(app, owner);
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The machines of GitHub Actions, and what goes wrong on them. */
function runnerOf({ buildSeconds: seconds }: StageOptions): RunnerModule {
  const script: BuildScript = { seconds, failures: failuresInDemo };
  return { module: join(import.meta.dirname, 'demo-runner.ts'), script };
}

/** PostgreSQL does not run as root: another user has to get to its part of the folder. */
async function makeFolder(): Promise<string> {
  const usual = tmpdir();
  const isReached = process.getuid?.() !== 0 || (await isOpen(await realpath(usual)));
  const folder = await mkdtemp(join(isReached ? usual : '/tmp', 'pinwheel-demo-'));
  await chmod(folder, 0o755);
  return folder;
}

/** True where everybody may enter a folder and all that is around it. */
async function isOpen(path: string): Promise<boolean> {
  const { mode } = await stat(path);
  if ((mode & 0o001) === 0) return false;
  return path === dirname(path) || isOpen(dirname(path));
}

function registerApp({ setup }: GitHubProcess, { app }: StageOptions): Promise<App> {
  return setup.addApp({ ...app, webhookSecret: 'only for this demo' });
}

function botSettings(github: GitHubProcess, app: App): NodeJS.ProcessEnv {
  return {
    APP_ID: String(app.id),
    PRIVATE_KEY: app.privateKey,
    WEBHOOK_SECRET: app.webhookSecret ?? '',
    GITHUB_API_URL: github.apiUrl,
    GITHUB_WEB_URL: github.webUrl,
    PINWHEEL_UPSTREAM: templateOf(github),
    // Ten pull requests and their checks are more than github.com would take in a minute.
    ...{ HOST: '127.0.0.1', PORT: '0', GITHUB_WRITES_PER_MINUTE: '1000' },
  };
}

/** Of this shell's settings those that are about programs, and none that are about a bot or a proxy. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'PG_BIN', 'NODE_COMPILE_CACHE', 'LD_LIBRARY_PATH'];
  return Object.fromEntries(kept.map((name) => [name, process.env[name]]));
}

interface WorldPlace {
  readonly folder: string;
  readonly github: GitHubProcess;
  readonly environment: NodeJS.ProcessEnv;
}

function makeWorld(
  { source, cli, signal }: StageOptions,
  { folder, github, environment: env }: WorldPlace,
): Promise<DemoWorld> {
  return makeDemoWorld({
    ...{ source, folder, github },
    pinwheel: async (repository, ...args) => {
      const common = ['--repo', repository, '--upstream', templateOf(github)];
      await promisify(execFile)(process.execPath, [cli, ...args, ...common], { env, signal });
    },
  });
}
