/** `node bench/idle-sweep-alone.ts JSON`: sweeps whenever it is told to, as the App does; started by fork. */
import { readFileSync } from 'node:fs';
import { createAppWorld } from '../src/app/app-world.ts';
import type { InstalledRepository } from '../src/core/model/repository.ts';
import { createGitHubApp } from '../src/edge/github/app.ts';
import type { GitHubAppOptions } from '../src/edge/github/app.ts';
import { sweep } from '../src/journeys/sweep.ts';

export interface SweepOrder extends Omit<GitHubAppOptions, 'now'> {
  readonly template: string;
  readonly cacheDir: string;
  readonly repository: InstalledRepository;
}

export interface SweepRun {
  readonly what: string;
  readonly wallMs: number;
  /** Of the process, and of the git processes that it started (Linux only). */
  readonly cpuMs: number;
}

function today(): string {
  return '2026-08-15';
}

async function runOnce(
  { repository }: SweepOrder,
  world: Omit<Parameters<typeof sweep>[0], 'today'>,
): Promise<SweepRun> {
  const [started, before] = [performance.now(), cpuMs()];
  const outcome = await sweep({ ...world, today }, { kind: 'sweep', repository });
  return {
    what: JSON.stringify(outcome),
    wallMs: performance.now() - started,
    cpuMs: cpuMs() - before,
  };
}

const msPerTick = 10;

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000 + childrenMs();
}

/** Fields 16 and 17 of /proc/self/stat, counted behind the name. */
function childrenMs(): number {
  try {
    const stat = readFileSync('/proc/self/stat', 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[13]) + Number(fields[14])) * msPerTick;
  } catch {
    return 0;
  }
}

if (import.meta.main) {
  const order = JSON.parse(process.argv[2] ?? '{}') as SweepOrder;
  const { cacheDir, template } = order;
  const github = createGitHubApp({ ...order, now: () => Date.now(), writesPerMinute: 10_000 });
  const world = { ...createAppWorld({ cacheDir, templates: [template] }), github };
  process.on('message', () => {
    void runOnce(order, world).then((run) => process.send?.(run));
  });
  process.once('disconnect', () => process.exit());
  process.send?.('ready');
}
