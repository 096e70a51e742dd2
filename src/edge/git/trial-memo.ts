import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { putFile, sweepLeftovers } from './leftovers.ts';

/** Facts that follow from their key alone, kept in the cache folder. Losing them costs time only. */
export interface TrialMemo {
  /** `undefined` where nothing is. */
  remembered(key: readonly unknown[]): unknown;
  remember(key: readonly unknown[], fact: unknown): Promise<void>;
}

/** To be raised when facts are read from git in another way: what is there is then forgotten. */
const version = 2;
/** One is a few thousand bytes. */
const mostFacts = 50_000;

/** A memo that processes may share: each fact is a file of its own, put in its place when it is whole. */
export function createTrialMemo(cacheDir: string): TrialMemo {
  const folder = join(cacheDir, `trials-v${version}`);
  let made: Promise<void> | undefined;
  function fileOf(key: readonly unknown[]): string {
    return join(folder, `${hash('sha256', JSON.stringify(key))}.json`);
  }
  return {
    remembered: (key) => {
      const text = read(fileOf(key));
      return text === undefined ? undefined : parse(text);
    },
    remember: async (key, fact) => {
      made ??= makeRoom(folder);
      try {
        await made;
        await putFile(folder, fileOf(key), JSON.stringify({ fact }));
      } catch {
        // A full disk, or a folder that went away: the fact will be found out again.
        made = undefined;
      }
    },
  };
}

async function makeRoom(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  // All of them: there is no order of use to go by.
  if (names.length > mostFacts) await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await sweepLeftovers(folder);
}

/** At once: a file of some thousand bytes takes less time than a way through the thread pool and back. */
function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function parse(text: string): unknown {
  try {
    return (JSON.parse(text) as { readonly fact?: unknown }).fact;
  } catch {
    return undefined;
  }
}
