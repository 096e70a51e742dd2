import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { AppProcessSettings } from './app-process.ts';
import type { LogLine } from './running-app.ts';

/** The App in a process of its own. */
export interface KillableApp {
  /** Rejects where it ends before it listens. */
  readonly listening: Promise<{ readonly url: string; readonly metrics: string }>;
  readonly lines: readonly LogLine[];
  /** Resolves when it has ended, however that came. */
  readonly ended: Promise<void>;
  readonly end: (signal: NodeJS.Signals) => Promise<void>;
  /** Jobs that wait or run, as its numbers say; `undefined` while its store is away. */
  readonly jobs: () => Promise<number | undefined>;
}

const script = join(import.meta.dirname, 'app-process.ts');

export function killableApp(settings: AppProcessSettings): KillableApp {
  const child = spawn(process.execPath, [script, JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: LogLine[] = [];
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      resolve();
    });
  });
  const listening = new Promise<{ url: string; metrics: string }>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = JSON.parse(text) as LogLine;
      lines.push(line);
      if (line.msg === 'listening') {
        resolve({ url: String(line['url']), metrics: String(line['metrics']) });
      }
    });
    void ended.then(() => {
      reject(new Error('it ended before it listened'));
    });
  });
  listening.catch(() => undefined);
  return {
    ...{ listening, lines, ended },
    end: async (signal) => {
      child.kill(signal);
      await ended;
    },
    jobs: async () => {
      const { metrics } = await listening;
      return countJobs(await (await fetch(`${metrics}/metrics`)).text());
    },
  };
}

function countJobs(text: string): number | undefined {
  if (!/^pinwheel_store_up 1$/m.test(text)) return undefined;
  const counts = [...text.matchAll(/^pinwheel_jobs\{(.*)\} (\d+)$/gm)];
  return counts
    .filter(([, labels]) => labels?.includes('state="dead"') === false)
    .reduce((sum, [, , count]) => sum + Number(count), 0);
}
