import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A line of the bot's log. */
export interface BotLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** `pinwheel serve` as a process of its own. */
export interface Bot {
  readonly lines: readonly BotLine[];
  /** The first line from `from` on that fits; rejects when the bot ends without one. */
  readonly said: (fits: (line: BotLine) => boolean, from?: number) => Promise<BotLine>;
  readonly stop: () => Promise<void>;
}

export interface BotOptions {
  /** The command line's file. */
  readonly cli: string;
  readonly dataDir: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Longer than what the bot gives its jobs when it is told to end. */
const patienceMs = 25_000;
const newest = 2_000;

export function startBot({ cli, dataDir, env }: BotOptions): Bot {
  const child = spawn(process.execPath, [cli, 'serve'], {
    env: { ...env, PINWHEEL_DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A session of its own: it is told to end by us, once, and not by Ctrl-C besides.
    detached: true,
  });
  const lines: BotLine[] = [];
  const waiting = new Set<() => void>();
  const life = { over: false };
  const closed = once(child, 'close').then(() => {
    life.over = true;
    for (const look of waiting) look();
  });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (text) => {
      lines.push(readLine(text));
      for (const look of waiting) look();
    });
  }
  function said(fits: (line: BotLine) => boolean, from = 0): Promise<BotLine> {
    const { promise, resolve, reject } = Promise.withResolvers<BotLine>();
    function look(): void {
      const line = lines.slice(from).find(fits);
      if (line) resolve(line);
      else if (life.over) reject(new Error('the bot ended'));
      else return;
      waiting.delete(look);
    }
    waiting.add(look);
    look();
    return promise;
  }
  return { lines, said, stop: () => stop(child, closed, dataDir) };
}

/** What is no JSON was said before there was a log. */
function readLine(text: string): BotLine {
  try {
    return JSON.parse(text) as BotLine;
  } catch {
    return { level: 'error', msg: text.slice(0, newest) };
  }
}

async function stop(child: ChildProcess, closed: Promise<void>, dataDir: string): Promise<void> {
  const gone = child.exitCode !== null || child.signalCode !== null;
  if (!gone) child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  await closed;
  clearTimeout(late);
  // A bot that was killed leaves its PostgreSQL to the next one, and there is none.
  await endPostgres(join(dataDir, 'store', 'postgres', 'postmaster.pid'));
}

async function endPostgres(pidFile: string): Promise<void> {
  const text = await readFile(pidFile, 'utf8').catch(() => '');
  const pid = Number(text.split('\n')[0]);
  if (pid > 1) tryKill(pid, 'SIGQUIT');
}

function tryKill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}
