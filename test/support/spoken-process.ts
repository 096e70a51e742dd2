import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { StoreOptions } from '../../src/edge/store/store.ts';
import type { Said } from './store-process.ts';

/** A process of `store-process.ts`, and what it has said so far. */
export interface SpokenProcess {
  readonly pid: number;
  readonly said: readonly Said[];
  /** Resolves when it has said this word so often; rejects if it ends before. */
  readonly until: (word: Said['word'], times?: number) => Promise<void>;
  readonly kill: (signal?: NodeJS.Signals) => Promise<void>;
}

const script = join(import.meta.dirname, 'store-process.ts');

export function storeProcess(mode: string, options: StoreOptions): SpokenProcess {
  const child = spawn(process.execPath, [script, mode, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: Said[] = [];
  const waiting = new Set<() => void>();
  let over = false;
  createInterface({ input: child.stdout }).on('line', (line) => {
    said.push(JSON.parse(line) as Said);
    for (const check of waiting) check();
  });
  const closed = new Promise<void>((resolve) => {
    child.once('close', () => {
      over = true;
      for (const check of waiting) check();
      resolve();
    });
  });
  function until(word: Said['word'], times = 1): Promise<void> {
    return new Promise((resolve, reject) => {
      function check(): void {
        const count = said.filter((one) => one.word === word).length;
        if (count >= times) resolve();
        else if (over) reject(new Error(`it ended and never said ${word}`));
        else return;
        waiting.delete(check);
      }
      waiting.add(check);
      check();
    });
  }
  async function kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    child.kill(signal);
    await closed;
  }
  return { pid: child.pid ?? 0, said, until, kill };
}
