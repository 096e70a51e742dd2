import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runGit } from '../../sandbox/git.ts';
import { openScratch, readHeld } from '../../src/edge/git/store.ts';
import { runCrowd } from './queue-trials.ts';
import { sample, seededRandom } from './random.ts';
import type { KnownTrial } from './trial-crowd.ts';

/** A crowd of processes that try queues with one cache, and die. */
export interface KilledCrowd {
  /** Nothing else may be in there. */
  readonly cacheDir: string;
  readonly trials: readonly KnownTrial[];
  readonly processes: number;
  /** Longest life of a process, from when it is ready to begin. */
  readonly mostMs: number;
  /** How many trials are tried again afterwards. */
  readonly checked: number;
  readonly seed: number;
}

/** What the kills left behind, and what the next ones made of it. */
export interface Survival {
  readonly killed: number;
  /** Temporary files and folders: before anyone came to clean up, and afterwards. */
  readonly left: readonly string[];
  readonly leftAfterwards: readonly string[];
  /** Trials with another verdict than they must have. */
  readonly wrong: readonly KnownTrial[];
  /** What git complains about in the stores. */
  readonly damage: readonly string[];
}

/**
 * Deals the trials out to the processes, and kills each at a moment of its own: by turns with all its
 * children, and alone, so that its gits live on. Then tries some of them again.
 */
export async function surviveKills(crowd: KilledCrowd): Promise<Survival> {
  const { cacheDir, processes } = crowd;
  const random = seededRandom(crowd.seed);
  const shuffled = sample(crowd.trials, crowd.trials.length, random);
  const finished = await Promise.all(
    Array.from({ length: processes }, async (_, index) => {
      const job = `${cacheDir}-job-${index}.json`;
      const own = shuffled.filter((_trial, at) => at % processes === index);
      await writeFile(job, JSON.stringify({ cacheDir, trials: own }));
      // Squared: most of what can go wrong happens while nothing is there yet.
      const lifeMs = random() ** 2 * crowd.mostMs;
      return killOne(job, { lifeMs, withChildren: index % 2 === 0 });
    }),
  );
  const left = await temporaries(cacheDir);
  const [last, ...others] = sample(crowd.trials, crowd.checked, random);
  // gits whose parent was killed may still be at work.
  const wrong = await wrongOnes(cacheDir, others);
  await quiet(cacheDir);
  wrong.push(...(await wrongOnes(cacheDir, last ? [last] : [])));
  return {
    killed: finished.filter((each) => !each).length,
    left,
    leftAfterwards: await temporaries(cacheDir),
    wrong,
    damage: await damage(cacheDir),
  };
}

async function wrongOnes(cacheDir: string, trials: readonly KnownTrial[]): Promise<KnownTrial[]> {
  const verdicts = await runCrowd({ cacheDir, trials });
  return trials.filter(({ expected }, index) => expected.join() !== verdicts[index]?.join());
}

const crowdModule = join(import.meta.dirname, 'queue-trials.ts');

/** True where the process was done before that. */
async function killOne(
  job: string,
  how: { readonly lifeMs: number; readonly withChildren: boolean },
): Promise<boolean> {
  const program = `
    import { readFileSync } from 'node:fs';
    import { runCrowd } from ${JSON.stringify(crowdModule)};
    process.stdout.write('!');
    await runCrowd(JSON.parse(readFileSync(${JSON.stringify(job)}, 'utf8')));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // A process group of its own, which can be killed as a whole.
    detached: true,
  });
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  await Promise.race([sleep(how.lifeMs), ended]);
  const finished = child.exitCode !== null;
  if (!finished && child.pid !== undefined) {
    process.kill(how.withChildren ? -child.pid : child.pid, 'SIGKILL');
  }
  await ended;
  return finished;
}

/** Waits for processes that still work somewhere below a folder. Without /proc there are none to be seen. */
export async function quiet(folder: string): Promise<void> {
  for (let look = 0; look < 300; look += 1) {
    const busy = await workersIn(folder);
    if (busy.length === 0) return;
    await sleep(100);
  }
  throw new Error(`there are still processes in ${folder}`);
}

async function workersIn(folder: string): Promise<readonly string[]> {
  const ids = (await readdir('/proc').catch((): string[] => [])).filter((id) => /^\d+$/.test(id));
  const places = await Promise.all(
    // A folder that was removed under a process is still named: `… (deleted)`.
    ids.map((id) => readlink(`/proc/${id}/cwd`).catch(() => '')),
  );
  return ids.filter((_, index) => places[index]?.startsWith(folder));
}

/** Locks, and what is written until it is whole, anywhere below a cache folder. */
export async function temporaries(cacheDir: string): Promise<readonly string[]> {
  const names = await readdir(cacheDir, { recursive: true });
  return names.filter((name) =>
    /\.lock$|^(?:scratch-|tmp_|\.tmp|fresh-|held-)/.test(basename(name)),
  );
}

/** What git complains about in the stores of a cache folder: damage, packs in part, claims that do not hold. */
export async function damage(cacheDir: string): Promise<readonly string[]> {
  const folder = join(cacheDir, 'git');
  const stores = (await readdir(folder)).filter((name) => name.endsWith('.git'));
  const complaints = await Promise.all(
    stores.map(async (name) => {
      const store = join(folder, name);
      const checked = await complaintOf(store, ['fsck', '--full', '--strict', '--no-dangling']);
      const counted = await runGit(['-C', store, 'count-objects', '-v']);
      const garbage = /^garbage: (\d+)$/m.exec(counted)?.[1] ?? '?';
      return [checked, garbage === '0' ? '' : `${garbage} files of garbage`, await claims(store)];
    }),
  );
  return complaints.flat().filter((text) => text !== '');
}

/** All that a store says it has must be there: the next fetch relies on it. */
async function claims(store: string): Promise<string> {
  const held = [...(await readHeld(store)).values()];
  const ranges = (await readdir(store)).filter((name) => name.startsWith('range-'));
  const whole = /-(?:history|trees)\.git$/.test(store) && !store.includes('-recent');
  const complaints = whole
    ? [historyComplaint(store, { tips: held, cuts: [] })]
    : held.map((id) => complaintOf(store, ['ls-tree', '-r', '-t', id]));
  const ofRanges = ranges.map(async (name) => {
    const text = await readFile(join(store, name), 'utf8');
    return historyComplaint(store, { tips: named(text, 'tip'), cuts: named(text, 'cut') });
  });
  return (await Promise.all([...complaints, ...ofRanges])).join('');
}

function named(text: string, word: string): readonly string[] {
  const lines = text.matchAll(new RegExp(`^${word} ([0-9a-f]{40})$`, 'gm'));
  return [...lines].map(([, commit = '']) => commit);
}

/** Commits and all before them, down to those whose parents need not be here. */
async function historyComplaint(
  store: string,
  { tips, cuts }: { readonly tips: readonly string[]; readonly cuts: readonly string[] },
): Promise<string> {
  if (tips.length === 0) return '';
  const trees = store.endsWith('-trees.git') ? ['--objects', '--filter=blob:none'] : [];
  const scratch = await openScratch(store, { refs: new Map(), shallow: cuts });
  const complaint = await complaintOf(scratch.directory, [
    'rev-list',
    '--quiet',
    ...trees,
    ...tips,
  ]);
  await scratch.close();
  return complaint;
}

async function complaintOf(store: string, args: readonly string[]): Promise<string> {
  return runGit(['-C', store, ...args]).then(
    () => '',
    (error: unknown) => `${basename(store)}: ${(error as Error).message}`,
  );
}
