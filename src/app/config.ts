import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { gitHubUrls } from './github-urls.ts';
import type { GitHubUrls } from './github-urls.ts';
import { readSetupFile, setupFile } from './setup-file.ts';

/** What the App has to know before it can start. */
export interface AppConfig extends GitHubUrls {
  readonly appId: number;
  /** PEM, PKCS #8. */
  readonly privateKey: string;
  readonly webhookSecret: string;
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Nothing is served there where it is missing. */
  readonly metricsPort?: number;
  /** The database of somebody else; without one the App runs a PostgreSQL of its own. */
  readonly databaseUrl?: string;
  readonly dataDir: string;
  readonly logLevel: LogLevel;
  /** Git URLs with `{component}`, in order of preference; none: the usual ones. */
  readonly upstream: readonly string[];
  /** Jobs at a time. */
  readonly workers: number;
  /** To GitHub, for one installation; none: what github.com asks for. */
  readonly writesPerMinute?: number;
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** A setting that cannot be used: its name, what is wrong with it, and what to do. */
export interface Mistake {
  readonly name: string;
  readonly what: string;
  readonly remedy: string;
}

export type ConfigResult =
  | { readonly ok: true; readonly config: AppConfig }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };

/** Variables by name; empty ones are as good as none, as compose files write them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A text that fits; where it may be left out, an empty one does too. */
function text(pattern: RegExp, what: string) {
  // The message never has the text: that may be a secret.
  return v.pipe(v.string(), v.nonEmpty('is not set'), v.regex(pattern, what));
}

function optional(fits: (text: string) => boolean, what: string) {
  return v.pipe(
    v.string(),
    v.check((given) => given === '' || fits(given), what),
  );
}

function upTo(most: number, least = 0) {
  return (given: string): boolean =>
    /^\d{1,9}$/.test(given) && Number(given) <= most && Number(given) >= least;
}

/** Every setting is there, as an empty text where nobody gave it. */
const schema = v.object({
  APP_ID: v.pipe(text(/^\d{1,9}$/, 'is not a number'), v.transform(Number)),
  WEBHOOK_SECRET: text(/^(?!development$)/, 'is the default that everybody knows'),
  HOST: v.string(),
  PORT: optional(upTo(65_535), 'is no port'),
  METRICS_PORT: optional(upTo(65_535), 'is no port'),
  DATABASE_URL: optional(
    (url) => /^postgres(?:ql)?:\/\//.test(url) && URL.canParse(url),
    'is not the URL of a PostgreSQL',
  ),
  LOG_LEVEL: v.picklist(['', ...logLevels], `is none of ${logLevels.join(', ')}`),
  PINWHEEL_UPSTREAM: v.pipe(
    v.string(),
    v.transform((given) => given.split(/\s+/).filter((one) => one !== '')),
    v.check((all) => all.every((one) => one.includes('{component}')), 'lacks {component}'),
  ),
  PINWHEEL_WORKERS: optional(upTo(64, 1), 'is no number from 1 to 64'),
  GITHUB_WRITES_PER_MINUTE: optional(upTo(100_000, 1), 'is no number from 1 to 100000'),
});

type SettingName = keyof typeof schema.entries;
type Settings = Readonly<Record<string, string>>;

const remedies: Readonly<Record<SettingName | 'PRIVATE_KEY', string>> = {
  APP_ID: "set it to the App's id (its settings page has it), or run pinwheel setup",
  WEBHOOK_SECRET: "set it to the secret of the App's webhook, or run pinwheel setup",
  PRIVATE_KEY: 'set PRIVATE_KEY_PATH to the .pem file that GitHub gave, or run pinwheel setup',
  HOST: 'leave it out to listen on every interface',
  PORT: 'set it to a number up to 65535, or leave it out for 3000',
  METRICS_PORT: 'set it to a number up to 65535, or leave it out to serve no metrics',
  DATABASE_URL:
    'write it as postgres://user:password@host:5432/database, or leave it out for a private PostgreSQL',
  LOG_LEVEL: 'set it to one of them, or leave it out for info',
  PINWHEEL_UPSTREAM: 'write git URLs with {component} in them, apart by spaces',
  PINWHEEL_WORKERS: 'set it to how many jobs may run at a time, or leave it out for 4',
  GITHUB_WRITES_PER_MINUTE:
    'set it for a GitHub Enterprise Server with limits of its own, or leave it out for those of github.com',
};

/** Reads the environment, and below it what `pinwheel setup` wrote. */
export async function readConfig(env: Environment): Promise<ConfigResult> {
  const dataDir = dataFolder(env);
  const file = await readSetupFile(dataDir);
  const settings: Settings = { ...given(file.settings), ...given(env) };
  const plain = v.safeParse(schema, withEmpty(settings), { abortPipeEarly: true });
  const urls = gitHubUrls(settings['GITHUB_API_URL'], settings['GITHUB_WEB_URL']);
  const key = await readPrivateKey(settings);
  if (plain.success && 'webUrl' in urls && 'pem' in key && file.mistake === undefined) {
    return { ok: true, config: assemble(plain.output, { dataDir, urls, privateKey: key.pem }) };
  }
  const mistakes = [
    ...(file.mistake === undefined ? [] : [{ name: setupFile(dataDir), ...file.mistake }]),
    ...(plain.success ? [] : plain.issues.map(mistakeOf)),
    ...('webUrl' in urls ? [] : [urls]),
    ...('pem' in key ? [] : [{ ...key, remedy: remedies.PRIVATE_KEY }]),
  ];
  return { ok: false, mistakes };
}

/** Where the App keeps what must outlive it. */
export function dataFolder(env: Environment): string {
  const { PINWHEEL_DATA_DIR: chosen, XDG_STATE_HOME: state } = given(env);
  if (chosen !== undefined) return resolve(chosen);
  // PostgreSQL does not run as root, and the user that it runs as may not enter root's home.
  if (process.getuid?.() === 0) return '/var/lib/pinwheel';
  return join(state ?? join(homedir(), '.local', 'state'), 'pinwheel');
}

function assemble(
  plain: v.InferOutput<typeof schema>,
  rest: Pick<AppConfig, 'dataDir' | 'privateKey'> & { readonly urls: GitHubUrls },
): AppConfig {
  const { urls, ...places } = rest;
  return {
    ...urls,
    ...places,
    appId: plain.APP_ID,
    webhookSecret: plain.WEBHOOK_SECRET,
    host: plain.HOST || '0.0.0.0',
    port: Number(plain.PORT || 3000),
    ...(plain.METRICS_PORT !== '' && { metricsPort: Number(plain.METRICS_PORT) }),
    ...(plain.DATABASE_URL !== '' && { databaseUrl: plain.DATABASE_URL }),
    logLevel: plain.LOG_LEVEL || 'info',
    upstream: plain.PINWHEEL_UPSTREAM,
    workers: Number(plain.PINWHEEL_WORKERS || 4),
    ...(plain.GITHUB_WRITES_PER_MINUTE !== '' && {
      writesPerMinute: Number(plain.GITHUB_WRITES_PER_MINUTE),
    }),
  };
}

function given(env: Environment): Settings {
  const entries = Object.entries(env).map(([name, value]) => [name, value?.trim() ?? ''] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== ''));
}

function withEmpty(settings: Settings): Settings {
  const names = Object.keys(schema.entries);
  return Object.fromEntries(names.map((name) => [name, settings[name] ?? '']));
}

function mistakeOf(issue: v.InferIssue<typeof schema>): Mistake {
  const name = v.getDotPath(issue) as SettingName;
  return { name, what: issue.message, remedy: remedies[name] };
}

type KeyMistake = Pick<Mistake, 'name' | 'what'>;

/** The key itself, with its line ends or with `\n` for them, or all of it in base64; or a file with it. */
async function readPrivateKey(settings: Settings): Promise<{ readonly pem: string } | KeyMistake> {
  const { PRIVATE_KEY: text, PRIVATE_KEY_PATH: path } = settings;
  if (text !== undefined) {
    const plain = text.includes('-----BEGIN') ? text : Buffer.from(text, 'base64').toString();
    return asPem('PRIVATE_KEY', plain.replaceAll('\\n', '\n'));
  }
  if (path === undefined) return { name: 'PRIVATE_KEY', what: 'is not set' };
  try {
    return asPem('PRIVATE_KEY_PATH', await readFile(path, 'utf8'));
  } catch {
    return { name: 'PRIVATE_KEY_PATH', what: `names ${path}, which cannot be read` };
  }
}

function asPem(name: string, text: string): { readonly pem: string } | KeyMistake {
  try {
    const key = createPrivateKey(text);
    if (key.asymmetricKeyType !== 'rsa') return { name, what: 'is no RSA key' };
    return { pem: key.export({ type: 'pkcs8', format: 'pem' }) as string };
  } catch {
    return { name, what: 'is no private key' };
  }
}
