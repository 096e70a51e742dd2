import { join } from 'node:path';
import { startApp } from '../app.ts';
import type { CommonOptions } from '../common.ts';
import { readConfig } from '../config.ts';
import type { AppConfig } from '../config.ts';
import { exitCodes, explainMistakes } from '../exit.ts';
import { createLog } from '../log.ts';
import type { Log } from '../log.ts';

/** Shorter than what those who stop processes wait before they kill: 30 seconds in Kubernetes. */
const graceMs = 20_000;

export async function runServe(common: CommonOptions): Promise<number> {
  const read = await readConfig(process.env);
  if (!read.ok) return explainMistakes(read.mistakes, common);
  const upstream = common.upstream.length > 0 ? common.upstream : read.config.upstream;
  const config: AppConfig = { ...read.config, upstream };
  const log = createLog({ level: config.logLevel, secrets: secretsOf(config) });
  endOnFault(log);
  // From here on: one that comes while it starts would leave a PostgreSQL behind that nobody stops.
  const stopped = stopSignal();
  const { writesPerMinute } = config;
  const app = await startApp({
    ...{ config, log, cacheDir: join(config.dataDir, 'cache') },
    ...(writesPerMinute !== undefined && { writesPerMinute }),
  });
  const signal = await stopped;
  log.info({ signal }, 'stopping');
  await app.stop(graceMs);
  log.info('stopped');
  return exitCodes.fine;
}

function secretsOf({ webhookSecret, databaseUrl }: AppConfig): readonly string[] {
  const password = databaseUrl === undefined ? '' : new URL(databaseUrl).password;
  return [webhookSecret, password, decodeURIComponent(password)];
}

/** A second signal ends the process at once: what runs then is run again by whoever comes next. */
function stopSignal(): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  let told = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (told) process.exit(exitCodes.fault);
      told = true;
      resolve(signal);
    });
  }
  return promise;
}

/** Nobody knows what state a process is in after that; whoever supervises it starts it anew. */
function endOnFault(log: Log): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      log.fatal({ err: error }, 'a fault of Pinwheel: please report it');
      process.exit(exitCodes.fault);
    });
  }
}
