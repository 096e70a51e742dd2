import { appendFile, cp, mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheKey, readRemote } from '../src/edge/git/remote.ts';
import { fourSeries, patchesInQueue, readQueue, resolveTargets, writeFixes } from './patch-data.ts';
import type { Outcome } from './patch-data.ts';
import { judgeByGit, mustGit, worktree } from './patch-peers.ts';
import type { PeerSetting } from './patch-peers.ts';
import { forgetVerdicts, runPatches } from './patch-runs.ts';
import type { MeasuredRun, PatchJob } from './patch-runs.ts';
import { inMemory, sameOutcomes, withClones } from './patches.ts';
import { progress } from './report.ts';
import type { Benchmark, Report } from './report.ts';
import { median } from './statistics.ts';

export const patchScale: Benchmark = {
  name: 'patch-scale',
  about: '10 patches of each of 100 components on 4 series, objects local',
  run: () => withClones((clones) => inMemory((folder) => run(clones, folder))),
};

type Component = PatchJob['components'][number];

/** One of the repositories, and what git makes of its queue. */
interface Known {
  readonly component: Component;
  readonly setting: PeerSetting;
  readonly truth: readonly Outcome[];
}

const copies = 25;
const rounds = 3;

async function run(clones: string, folder: string): Promise<Report> {
  const known: Known[] = [];
  for (const repository of fourSeries) {
    progress(`patch-scale: what git makes of the patches of ${repository.name}`);
    known.push(await prepare(clones, repository, folder));
  }
  const cacheDir = join(folder, 'cache');
  const alone = [];
  for (const one of known) {
    progress(`patch-scale: ${one.component.name} alone`);
    await runKnown([one], cacheDir, folder);
    await forgetVerdicts(cacheDir);
    const runs = [await runKnown([one], cacheDir, folder)];
    alone.push({ ...row(`${one.component.name} alone`, runs), trials: trialsOf([one]) });
  }
  progress('patch-scale: copies of the stores');
  const many: Known[] = [];
  for (const one of known) many.push(...(await copy(one, cacheDir, folder)));
  const cold: MeasuredRun[] = [];
  const again: MeasuredRun[] = [];
  for (let round = 0; round < rounds; round += 1) {
    progress('patch-scale: all components');
    await forgetVerdicts(cacheDir);
    cold.push(await runKnown(many, cacheDir, folder));
    again.push(await runKnown(many, cacheDir, folder));
  }
  progress('patch-scale: worktrees');
  const checkouts = await worktreesMs(known);
  const trials = trialsOf(many);
  const memory = alone.map((one) => one['peak MB']);
  const peak = Math.max(...cold.map(({ peakMb }) => peakMb));
  return {
    title: `patch-scale: ${many.length} components x 4 series x ${patchesInQueue} patches`,
    rows: [
      { ...row('pinwheel, verdicts forgotten', cold), trials },
      { ...row('pinwheel, verdicts remembered', again), trials },
      { ...row('worktree and git apply, one after another', []), 'wall s': checkouts, trials },
      ...alone,
    ],
    goals: [
      { what: 'seconds', measured: median(cold.map(({ wallMs }) => wallMs)) / 1000, atMost: 15 },
      { what: 'peak MB', measured: peak, atMost: 200 },
      {
        what: 'peak MB of the largest repository over the smallest',
        measured: Math.max(...memory) / Math.min(...memory),
        atMost: 1.2,
      },
    ],
    notes: [
      'the queues of nova, neutron, keystone and glance, each 25 times, with stores and patch bytes of its own; one process',
      'every word and every resulting blob id is that of git in a full checkout',
      `worktrees: ${known.length * 4} were measured and taken times ${copies}; memory is that of Node`,
    ],
  };
}

function trialsOf(known: readonly Known[]): number {
  return known.flatMap(({ truth }) => truth.flatMap(({ words }) => words)).length;
}

function row(what: string, runs: readonly MeasuredRun[]) {
  return {
    what,
    trials: 0,
    'wall s': median(runs.map(({ wallMs }) => wallMs)) / 1000,
    'CPU s': runs.length === 0 ? '' : median(runs.map(({ cpuMs }) => cpuMs)) / 1000,
    'peak MB': Math.max(0, ...runs.map(({ peakMb }) => peakMb)),
  };
}

async function prepare(
  clones: string,
  repository: (typeof fourSeries)[number],
  folder: string,
): Promise<Known> {
  const { name } = repository;
  const source = join(clones, name);
  const [queue, clone] = [join(folder, `${name}-queue`), join(folder, `${name}-mirror.git`)];
  await mkdir(queue);
  await mustGit(['clone', '--quiet', '--bare', '--shared', source, clone]);
  await writeFixes(source, repository, queue);
  const targets = await resolveTargets(source, repository.refs);
  const { paths } = await readQueue(queue, name);
  const url = `file://${source}`;
  const setting = { url, wholeUrl: url, clone, folder: queue, paths, scratch: folder };
  const truth: Outcome[] = [];
  for (const target of targets) truth.push(await judgeByGit(setting, target));
  return { component: { name, url, folder: queue, targets }, setting, truth };
}

async function runKnown(
  known: readonly Known[],
  cacheDir: string,
  folder: string,
): Promise<MeasuredRun> {
  const components = known.map(({ component }) => component);
  const run = await runPatches({ cacheDir, components }, folder);
  for (const [index, { truth }] of known.entries()) {
    sameOutcomes(run.outcomes[index] ?? [], truth);
  }
  return run;
}

/** The same repository under other URLs, with stores that hold what its own hold. */
async function copy(one: Known, cacheDir: string, folder: string): Promise<readonly Known[]> {
  const { url, name } = one.component;
  const stores = join(cacheDir, 'git');
  const key = cacheKey(readRemote(url));
  const sources = (await readdir(stores)).filter((store) => store.startsWith(key));
  const copied: Known[] = [];
  for (let number = 0; number < copies; number += 1) {
    const link = join(folder, `${name}-${number}`);
    await symlink(url.slice('file://'.length), link);
    const folderOfCopy = join(folder, `${name}-queue-${number}`);
    await cp(one.component.folder, folderOfCopy, { recursive: true });
    // What is known of a patch is known of its copies, so these are no copies.
    for (const file of await readdir(folderOfCopy)) {
      await appendFile(join(folderOfCopy, file), `copy ${number}\n`);
    }
    const own = { name: `${name}-${number}`, url: `file://${link}`, folder: folderOfCopy };
    const component = { ...one.component, ...own };
    const other = cacheKey(readRemote(component.url));
    for (const store of sources) {
      const to = join(stores, store.replace(key, other));
      await cp(join(stores, store), to, { recursive: true });
    }
    copied.push({ ...one, component });
  }
  return copied;
}

async function worktreesMs(known: readonly Known[]): Promise<number> {
  let ms = 0;
  for (const { setting, component } of known) {
    for (const target of component.targets) ms += (await worktree(setting, target)).ms;
  }
  return (ms * copies) / 1000;
}
