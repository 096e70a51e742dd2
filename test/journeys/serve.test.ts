import { execFile, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runToEnd } from '../support/pinwheel.ts';
import type { Ran } from '../support/pinwheel.ts';
import { emptyDataDir, scratchDataDir } from '../support/postgres.ts';
import { placeWithApp } from '../support/running-app.ts';
import type { LogLine } from '../support/running-app.ts';

const cli = join(import.meta.dirname, '..', '..', 'src', 'app', 'cli.ts');

interface Settings {
  readonly env: NodeJS.ProcessEnv;
  readonly dataDir: string;
}

/** The App's settings for a small GitHub, and a data folder with a cluster that need not be made. */
async function settings(): Promise<Settings> {
  const { github, app } = await placeWithApp();
  const [dataDir, ready] = [
    await emptyDataDir(onTestFinished),
    await scratchDataDir({ after: onTestFinished }),
  ];
  await mkdir(join(dataDir, 'store'));
  const cluster = join(ready, 'postgres');
  await promisify(execFile)('cp', ['-a', cluster, join(dataDir, 'store', 'postgres')]);
  return {
    dataDir,
    env: {
      PATH: process.env['PATH'],
      HOME: dataDir,
      APP_ID: String(app.id),
      PRIVATE_KEY: app.privateKey,
      WEBHOOK_SECRET: app.webhookSecret ?? '',
      GITHUB_API_URL: github.apiUrl,
      GITHUB_WEB_URL: github.webUrl,
      ...{ HOST: '127.0.0.1', PORT: '0', PINWHEEL_DATA_DIR: dataDir },
    },
  };
}

interface Serving {
  readonly lines: readonly LogLine[];
  /** Resolves with the first line of this message. */
  readonly said: (message: string) => Promise<LogLine>;
  /** Gives the exit code. */
  readonly stop: (signal: NodeJS.Signals) => Promise<number | null>;
}

function serve(env: NodeJS.ProcessEnv): Serving {
  const child = spawn(process.execPath, [cli, 'serve'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: LogLine[] = [];
  const waiting = new Set<() => void>();
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  createInterface({ input: child.stdout }).on('line', (text) => {
    lines.push(JSON.parse(text) as LogLine);
    for (const look of waiting) look();
  });
  function said(message: string): Promise<LogLine> {
    return new Promise((resolve, reject) => {
      function look(): void {
        const line = lines.find(({ msg }) => msg === message);
        if (line) resolve(line);
      }
      waiting.add(look);
      void ended.then(() => {
        reject(new Error(`it ended without saying: ${message}`));
      });
      look();
    });
  }
  return {
    lines,
    said,
    stop: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}

function pinwheel({ env }: Settings, ...args: readonly string[]): Promise<Ran> {
  return runToEnd(process.execPath, [cli, ...args], { env });
}

describe('pinwheel serve', { timeout: 60_000 }, () => {
  it('runs with a store of its own, takes a webhook, and ends when it is told to', async () => {
    const here = await settings();
    const app = serve(here.env);
    const { url } = await app.said('listening');
    await app.said('GitHub knows this App');
    const file = join(here.dataDir, 'webhook.json');
    await writeFile(file, '{"action":"created","installation":{"id":7}}');
    const replayed = await pinwheel(
      here,
      'replay',
      file,
      '--event',
      'installation',
      '--to',
      String(url),
    );
    expect(replayed.stderr).toBe('');
    expect(replayed.stdout).toMatch(/asks for nothing: no repositories are named/);
    expect((await app.said('webhook unwanted'))['event']).toBe('installation');
    const jobs = await pinwheel(here, 'jobs');
    expect(jobs).toMatchObject({ code: 0, stderr: '' });
    expect(jobs.stdout).toContain('no job is dead');
    expect(await app.stop('SIGTERM')).toBe(0);
    expect(app.lines.at(-1)).toMatchObject({ msg: 'stopped' });
    expect(JSON.stringify(app.lines)).not.toContain(here.env['WEBHOOK_SECRET']);
  });

  it('does not start without a secret, and says each mistake in a line', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
    const dataDir = await emptyDataDir(onTestFinished);
    const env = {
      PATH: process.env['PATH'],
      PINWHEEL_DATA_DIR: dataDir,
      PRIVATE_KEY: key,
      APP_ID: 'x',
    };
    const { code, stdout, stderr } = await pinwheel({ env, dataDir }, 'serve');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toEqual([
      "pinwheel: APP_ID is not a number; set it to the App's id (its settings page has it), or run pinwheel setup",
      "pinwheel: WEBHOOK_SECRET is not set; set it to the secret of the App's webhook, or run pinwheel setup",
    ]);
  });
});

describe('pinwheel jobs', () => {
  it('says where there is no store yet', async () => {
    const dataDir = await emptyDataDir(onTestFinished);
    const env = { PATH: process.env['PATH'], PINWHEEL_DATA_DIR: dataDir };
    const { code, stderr } = await pinwheel({ env, dataDir }, 'jobs');
    expect(code).toBe(2);
    expect(stderr).toContain(
      `there is no store in ${join(dataDir, 'store')}; start pinwheel serve first`,
    );
  });
});

describe('pinwheel replay', () => {
  it('says that nobody listens', async () => {
    const here = await settings();
    const file = join(here.dataDir, 'webhook.json');
    await writeFile(file, '{"event":"push","payload":{}}');
    const { code, stderr } = await pinwheel(here, 'replay', file, '--to', 'http://127.0.0.1:9');
    expect(code).toBe(3);
    expect(stderr).toContain('no Pinwheel answers at http://127.0.0.1:9; start pinwheel serve');
  });
});
