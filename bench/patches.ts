import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveGit } from '../sandbox/git-http.ts';
import { clonesFolder } from '../test/support/upstream-data.ts';
import { nova, patchesInQueue, readQueue, resolveTargets, writeFixes } from './patch-data.ts';
import type { Outcome, Target } from './patch-data.ts';
import { fullClone, judgeByGit, mustGit, shallowClone, standIns, worktree } from './patch-peers.ts';
import type { Peer, PeerRun, PeerSetting } from './patch-peers.ts';
import { forgetVerdicts, runPatches } from './patch-runs.ts';
import type { MeasuredRun, PatchJob } from './patch-runs.ts';
import { progress } from './report.ts';
import type { Benchmark, Goal, Report } from './report.ts';
import { inTurns, median, ratioOf } from './statistics.ts';

export const patches: Benchmark = {
  name: 'patches',
  about: '10 patches on 6 refs of nova, objects local, against checkouts',
  run: () => withClones((clones) => inMemory((folder) => run(clones, folder))),
};

/** Runs some work on the clones of PINWHEEL_CLONES, or says that there are none. */
export async function withClones(work: (clones: string) => Promise<Report>): Promise<Report> {
  if (clonesFolder !== undefined) return work(clonesFolder);
  const why = 'not measured: PINWHEEL_CLONES names no folder with clones of the real repositories';
  return { title: 'patches', rows: [], goals: [], notes: [why] };
}

/** A folder in memory where there is one: on a disk, deleted checkouts slow down those that follow. */
export async function inMemory<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const memory = '/dev/shm';
  const folder = await mkdtemp(join(existsSync(memory) ? memory : tmpdir(), 'pinwheel-bench-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Bench {
  readonly setting: PeerSetting;
  readonly targets: readonly Target[];
  readonly job: PatchJob;
  /** For our own files. */
  readonly folder: string;
  /** What git makes of it. */
  readonly truth: readonly Outcome[];
}

async function run(clones: string, folder: string): Promise<Report> {
  const [server, mirrors] = await Promise.all([serveGit(clones), serveGit(folder)]);
  try {
    const urls = { url: `${server.url}/nova`, wholeUrl: `${mirrors.url}/mirror.git` };
    return await measure(await prepare(urls, join(clones, 'nova'), folder));
  } finally {
    await Promise.all([server.close(), mirrors.close()]);
  }
}

async function prepare(
  urls: Pick<PeerSetting, 'url' | 'wholeUrl'>,
  source: string,
  folder: string,
): Promise<Bench> {
  progress('patches: a mirror, the patches, and what git makes of them');
  const clone = join(folder, 'mirror.git');
  // Checkouts are made of it: the clones themselves are only read.
  await mustGit(['clone', '--quiet', '--bare', '--shared', source, clone]);
  await mustGit(['-C', clone, 'config', 'uploadpack.allowFilter', 'true']);
  await standIns(clone);
  const queue = join(folder, 'queue');
  const scratch = join(folder, 'scratch');
  await Promise.all([mkdir(queue), mkdir(scratch)]);
  await writeFixes(source, nova, queue);
  const targets = await resolveTargets(source, nova.refs);
  const { paths } = await readQueue(queue, 'nova');
  const setting = { ...urls, clone, folder: queue, paths, scratch };
  const truth: Outcome[] = [];
  for (const target of targets) truth.push(await judgeByGit(setting, target));
  const components = [{ name: 'nova', url: urls.url, folder: queue, targets }];
  return { setting, targets, job: { cacheDir: join(folder, 'cache'), components }, folder, truth };
}

const pairs = 7;

async function measure(bench: Bench): Promise<Report> {
  const { job, folder } = bench;
  progress('patches: from nothing, which also compiles');
  same(bench, await runPatches(job, folder));
  async function cold(): Promise<MeasuredRun> {
    await forgetVerdicts(job.cacheDir);
    return same(bench, await runPatches(job, folder));
  }
  progress('patches: against worktrees');
  const trees = await inTurns(pairs, cold, () => allRefs(bench, worktree));
  progress('patches: verdicts remembered');
  const again = await inTurns(
    pairs,
    async () => same(bench, await runPatches(job, folder)),
    () => 0,
  );
  progress('patches: against depth-1 clones');
  const shallow = await inTurns(3, cold, () => allRefs(bench, shallowClone));
  progress('patches: against a full clone');
  const full = await inTurns(1, cold, () => oneRef(bench, fullClone));
  const ours = [...trees.ours, ...shallow.ours, ...full.ours];
  const ratios = {
    worktrees: ratioOf({ ours: walls(trees.ours), theirs: trees.theirs }),
    'depth-1 clones': ratioOf({ ours: walls(shallow.ours), theirs: shallow.theirs }),
    'full clones': ratioOf({ ours: walls(full.ours), theirs: full.theirs }),
  };
  const inProcess = median(ours.map(({ ms }) => ms));
  const rememberedMs = median(again.ours.map(({ ms }) => ms));
  return {
    title: `patches: ${patchesInQueue} patches on ${bench.targets.length} refs of nova, objects local`,
    rows: [
      row('pinwheel, verdicts forgotten', ours),
      row('pinwheel, verdicts remembered', again.ours),
      { what: 'worktree and git apply', 'wall ms': median(trees.theirs) },
      { what: 'depth-1 clone and git apply', 'wall ms': median(shallow.theirs) },
      { what: 'full clone and git apply', 'wall ms': median(full.theirs) },
    ].map((one) => ({ ...empty, ...one })),
    goals: [
      ...Object.entries(ratios).map(([what, { median: measured }]): Goal => ({
        what: `times faster than ${what}`,
        measured,
        atLeast: goals[what as keyof typeof goals],
      })),
      { what: 'remembered, share of the time', measured: rememberedMs / inProcess, atMost: 0.1 },
      { what: 'peak MB', measured: Math.max(...ours.map(({ peakMb }) => peakMb)), atMost: 200 },
    ],
    notes: [
      'whole processes from start to exit, compiled code cached as bin/pinwheel has it; the share of the remembered ones is without the start of the process',
      'every word and every resulting blob id is that of git in a full checkout: forward, Change-Id trailers, 3-way',
      'peers apply what applies and know no history, no 3-way; full clone: one ref was measured and taken times six',
      ...Object.entries(ratios).map(
        ([what, { least, most }]) => `${what}: ratios ${least.toFixed(1)} to ${most.toFixed(1)}`,
      ),
    ],
  };
}

const goals = { worktrees: 4, 'depth-1 clones': 12, 'full clones': 300 };

const empty = { what: '', 'wall ms': 0, 'in process ms': '', 'CPU ms': '', 'peak MB': '' };

function row(what: string, runs: readonly MeasuredRun[]) {
  return {
    what,
    'wall ms': median(walls(runs)),
    'in process ms': median(runs.map(({ ms }) => ms)),
    'CPU ms': median(runs.map(({ cpuMs }) => cpuMs)),
    'peak MB': Math.max(...runs.map(({ peakMb }) => peakMb)),
  };
}

function walls(runs: readonly MeasuredRun[]): readonly number[] {
  return runs.map(({ wallMs }) => wallMs);
}

function same(bench: Bench, run: MeasuredRun): MeasuredRun {
  sameOutcomes(run.outcomes[0] ?? [], bench.truth);
  return run;
}

/** Fails where a word or a blob is not what git came to. */
export function sameOutcomes(ours: readonly Outcome[], truth: readonly Outcome[]): void {
  for (const [index, outcome] of truth.entries()) {
    const [found, git] = [ours[index], outcome].map((one) => JSON.stringify(inOrder(one)));
    if (found !== git) throw new Error(`not what git makes of it\n${found ?? ''}\n${git ?? ''}`);
  }
}

function inOrder(outcome: Outcome | undefined): unknown {
  const { ref, words, blobs } = outcome ?? {};
  return { ref, words, blobs: Object.entries(blobs ?? {}).sort() };
}

async function allRefs(bench: Bench, peer: Peer): Promise<number> {
  let ms = 0;
  for (const [index, target] of bench.targets.entries()) {
    const run = await peer(bench.setting, target);
    agree(run, bench.truth[index]);
    ms += run.ms;
  }
  return ms;
}

/** The first ref; each of the others would be cloned once more. */
async function oneRef(bench: Bench, peer: Peer): Promise<number> {
  const [target] = bench.targets;
  if (!target) return NaN;
  const run = await peer(bench.setting, target);
  agree(run, bench.truth[0]);
  return run.ms * bench.targets.length;
}

/** A peer that does less still has to come to the same as far as it goes. */
function agree({ ref, applied, blobs }: PeerRun, truth: Outcome | undefined): void {
  const words = truth?.words ?? [];
  const wrong = words.findIndex(
    (word, index) => word !== 'not-reached' && word.startsWith('applies') !== applied[index],
  );
  const merged = words.some((word) => word === 'refreshable' || word === 'not-reached');
  const other = merged
    ? []
    : Object.keys(blobs).filter((path) => truth?.blobs[path] !== blobs[path]);
  if (wrong >= 0 || other.length > 0) {
    throw new Error(`patches: on ${ref} a peer differs: patch ${wrong + 1}, ${other.join(', ')}`);
  }
}
