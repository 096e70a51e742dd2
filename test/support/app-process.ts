/**
 * The App as a process, to be killed by tests: `node app-process.ts JSON`, where JSON are the settings.
 * Its log is JSON lines on stdout.
 */
import { join } from 'node:path';
import { startApp } from '../../src/app/app.ts';
import type { AppConfig } from '../../src/app/config.ts';
import { createLog } from '../../src/app/log.ts';
import type { JobKind, Outcome } from '../../src/core/model/job.ts';
import { systemClock } from '../../src/edge/clock.ts';

export interface AppProcessSettings {
  readonly config: AppConfig;
  readonly writesPerMinute: number;
  /** How far its clock is ahead, in milliseconds. */
  readonly ahead: number;
  /** Kinds of jobs that are taken and not done. */
  readonly idle?: readonly JobKind[];
}

if (import.meta.main) await main(process.argv[2] ?? '{}');

async function main(json: string): Promise<void> {
  const { config, ahead, writesPerMinute, idle = [] } = JSON.parse(json) as AppProcessSettings;
  const app = await startApp({
    ...{ config, writesPerMinute },
    log: createLog({ level: config.logLevel, secrets: [] }),
    cacheDir: join(config.dataDir, 'cache'),
    world: { clock: { ...systemClock(), now: () => Date.now() + ahead } },
    work: Object.fromEntries(idle.map((kind) => [kind, nothing])),
    limits: { leaseMs: 2000, pollMs: 100, backoffMs: () => 100, cronSeconds: 45 },
  });
  process.once('SIGTERM', () => {
    void app.stop(5000).then(() => process.exit(0));
  });
}

function nothing(): Promise<Outcome> {
  return Promise.resolve({ kind: 'nothing', why: 'this is about something else' });
}
