import { generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';
import type { AppConfig, Environment, Mistake } from './config.ts';
import { setupFile, writeSetupFile } from './setup-file.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pkcs1 = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pinwheel-config-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function settings(more: Environment = {}): Environment {
  return {
    APP_ID: '12',
    WEBHOOK_SECRET: 'a secret',
    PRIVATE_KEY: pkcs1,
    PINWHEEL_DATA_DIR: folder,
    ...more,
  };
}

async function configOf(env: Environment): Promise<AppConfig> {
  const result = await readConfig(env);
  if (!result.ok) throw new Error(JSON.stringify(result.mistakes));
  return result.config;
}

async function mistakesOf(env: Environment): Promise<readonly Mistake[]> {
  const result = await readConfig(env);
  return result.ok ? [] : result.mistakes;
}

describe('the settings of the App', () => {
  it('have defaults for all that can have one', async () => {
    expect(await configOf(settings())).toEqual({
      appId: 12,
      privateKey: pkcs8,
      webhookSecret: 'a secret',
      apiUrl: 'https://api.github.com',
      webUrl: 'https://github.com',
      host: '0.0.0.0',
      port: 3000,
      dataDir: folder,
      logLevel: 'info',
      upstream: [],
      workers: 4,
    });
  });

  it('are taken as they are given', async () => {
    const config = await configOf(
      settings({
        HOST: '127.0.0.1',
        PORT: '0',
        METRICS_PORT: '9464',
        DATABASE_URL: 'postgres://pinwheel:word@db:5432/pinwheel',
        LOG_LEVEL: 'debug',
        PINWHEEL_UPSTREAM: 'https://a/{component}\n https://b/{component}',
        PINWHEEL_WORKERS: '2',
        GITHUB_WRITES_PER_MINUTE: '600',
        GITHUB_WEB_URL: 'https://github.example.org/',
      }),
    );
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 0,
      metricsPort: 9464,
      databaseUrl: 'postgres://pinwheel:word@db:5432/pinwheel',
      logLevel: 'debug',
      upstream: ['https://a/{component}', 'https://b/{component}'],
      workers: 2,
      writesPerMinute: 600,
      apiUrl: 'https://github.example.org/api/v3',
    });
  });

  it('that are empty are not set', async () => {
    const [mistake] = await mistakesOf(
      settings({ WEBHOOK_SECRET: ' ', PORT: '', METRICS_PORT: '' }),
    );
    expect(mistake).toMatchObject({ name: 'WEBHOOK_SECRET', what: 'is not set' });
  });

  it.each<[string, Environment]>([
    ['with the line ends of a file', { PRIVATE_KEY: pkcs8 }],
    ['in one line', { PRIVATE_KEY: pkcs1.replaceAll('\n', '\\n') }],
    ['in base64', { PRIVATE_KEY: Buffer.from(pkcs1).toString('base64') }],
  ])('take a private key %s', async (_, more) => {
    expect((await configOf(settings(more))).privateKey).toBe(pkcs8);
  });

  it('take the path of a private key', async () => {
    const path = join(folder, 'key.pem');
    await writeFile(path, pkcs1);
    const config = await configOf(settings({ PRIVATE_KEY: '', PRIVATE_KEY_PATH: path }));
    expect(config.privateKey).toBe(pkcs8);
  });

  it('have one line for each mistake, and never the value of a secret', async () => {
    const mistakes = await mistakesOf({
      PINWHEEL_DATA_DIR: folder,
      APP_ID: 'pinwheel',
      WEBHOOK_SECRET: 'development',
      PRIVATE_KEY_PATH: '/nowhere/key.pem',
      PORT: '99999',
      DATABASE_URL: 'mysql://me:hunter2@db/x',
      LOG_LEVEL: 'loud',
      PINWHEEL_UPSTREAM: 'https://opendev.org/openstack/nova',
      PINWHEEL_WORKERS: '0',
      GITHUB_WRITES_PER_MINUTE: 'many',
      GITHUB_API_URL: 'https://me:hunter2@github.example.org/api/v3',
    });
    expect(mistakes.map(({ name, what }) => `${name} ${what}`)).toEqual([
      'APP_ID is not a number',
      'WEBHOOK_SECRET is the default that everybody knows',
      'PORT is no port',
      'DATABASE_URL is not the URL of a PostgreSQL',
      'LOG_LEVEL is none of trace, debug, info, warn, error, fatal, silent',
      'PINWHEEL_UPSTREAM lacks {component}',
      'PINWHEEL_WORKERS is no number from 1 to 64',
      'GITHUB_WRITES_PER_MINUTE is no number from 1 to 100000',
      'GITHUB_API_URL has more than a host and a path',
      'PRIVATE_KEY_PATH names /nowhere/key.pem, which cannot be read',
    ]);
    expect(mistakes.every(({ remedy }) => /^[a-z].*[^.]$/.test(remedy))).toBe(true);
    expect(JSON.stringify(mistakes)).not.toContain('hunter2');
  });

  it.each([
    [
      'half a key',
      privateKey.export({ type: 'pkcs1', format: 'pem' }).toString().slice(40),
      'is no private key',
    ],
    ['a key of another kind', ed25519(), 'is no RSA key'],
  ])('refuse %s', async (_, key, what) => {
    expect(await mistakesOf(settings({ PRIVATE_KEY: key }))).toMatchObject([
      { name: 'PRIVATE_KEY', what },
    ]);
  });
});

function ed25519(): string {
  return generateKeyPairSync('ed25519')
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();
}

describe('the file of pinwheel setup', () => {
  it('is read, is its owner’s alone, and gives way to the environment', async () => {
    const dataDir = join(folder, 'set-up');
    const path = await writeSetupFile(dataDir, {
      APP_ID: '77',
      PRIVATE_KEY: pkcs1,
      WEBHOOK_SECRET: 'from the file',
      GITHUB_WEB_URL: 'https://tenant.ghe.com',
    });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const config = await configOf({ PINWHEEL_DATA_DIR: dataDir, APP_ID: '78' });
    expect(config).toMatchObject({
      appId: 78,
      webhookSecret: 'from the file',
      apiUrl: 'https://api.tenant.ghe.com',
    });
  });

  it('is named where it cannot be read', async () => {
    const dataDir = join(folder, 'unreadable');
    await mkdir(setupFile(dataDir), { recursive: true });
    expect(await mistakesOf(settings({ PINWHEEL_DATA_DIR: dataDir }))).toEqual([
      {
        name: setupFile(dataDir),
        what: 'cannot be read',
        remedy: 'see that this user may read it',
      },
    ]);
  });
});
