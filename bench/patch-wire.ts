import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serveGit } from '../sandbox/git-http.ts';
import type { GitServer } from '../sandbox/git-http.ts';
import { lines, nova, patchesInQueue, readQueue, resolveTargets } from './patch-data.ts';
import { writeFixes, writePatches } from './patch-data.ts';
import type { Outcome } from './patch-data.ts';
import { git, judgeByGit, mustGit } from './patch-peers.ts';
import { runPatches } from './patch-runs.ts';
import type { MeasuredRun } from './patch-runs.ts';
import { inMemory, sameOutcomes, withClones } from './patches.ts';
import { expectCode, measureProcess, project } from './process.ts';
import { quietEnvironment } from './renovate.ts';
import { progress } from './report.ts';
import type { Benchmark, Report } from './report.ts';

export const patchWire: Benchmark = {
  name: 'patch-wire',
  about: 'requests and bytes of the same from nothing, against depth-1 clones',
  run: () => withClones((clones) => inMemory((folder) => run(clones, folder))),
};

interface Bench {
  readonly server: GitServer;
  readonly clones: string;
  readonly mirror: string;
  readonly folder: string;
}

interface Wire {
  readonly requests: number;
  readonly kb: number;
}

async function run(clones: string, folder: string): Promise<Report> {
  const server = await serveGit(clones);
  const mirror = join(folder, 'mirror.git');
  await mustGit(['clone', '--quiet', '--bare', '--shared', join(clones, 'nova'), mirror]);
  const bench = { server, clones, mirror, folder };
  try {
    const shallow = await wireOf(bench, () => depthOne(bench, '32.2.1'));
    const clean = await cleanCheck(bench);
    const newer = await newTag(bench);
    const [six, merged] = [await sixRefs(bench), await alreadyMerged(bench)];
    return {
      title: `patch-wire: ${patchesInQueue} patches of nova, nothing on disk`,
      rows: [
        row('git clone --depth=1 of 32.2.1', shallow),
        row('pinwheel check, pinned to 32.2.1: all apply', clean),
        row('pinwheel check, pin moved from 32.1.0 to 32.2.0: no touched file changed', newer),
        row('60 trials on 6 refs, histories included', six),
        row('10 trials on 33.0.0, all merged in 32.0.0..33.0.0', merged),
      ],
      goals: [
        { what: 'clean path: requests', measured: clean.requests, atMost: 5 },
        { what: 'clean path: KB', measured: clean.kb, atMost: 1000 },
        { what: 'times fewer bytes than depth 1', measured: shallow.kb / clean.kb, atLeast: 10 },
        { what: 'new tag: requests', measured: newer.requests, atMost: 3 },
        { what: 'new tag: KB', measured: newer.kb, atMost: 30 },
        { what: 'already upstream: ms of history', measured: merged.historyMs, atMost: 500 },
      ],
      notes: [
        'requests and KB are those of the nova repository, headers included; check asks it for its refs too',
        `already upstream: ${merged.commits} commits between the releases; from nothing, tags listed and fetched too; the whole process ${merged.wallMs.toFixed(0)} ms`,
        'every word and every resulting blob id is that of git in a full checkout',
      ],
    };
  } finally {
    await server.close();
  }
}

function row(what: string, { requests, kb, wallMs }: Wire & { readonly wallMs?: number }) {
  return { what, requests, KB: kb, 'wall ms': wallMs ?? '' };
}

async function wireOf<T>(
  { server }: Bench,
  work: () => Promise<T>,
): Promise<Wire & { readonly result: T }> {
  const before = server.requests.length;
  const result = await work();
  const ours = server.requests.slice(before).filter(({ path }) => /^\/nova(?:\/|$)/.test(path));
  const bytes = ours.reduce((sum, { bytesIn, bytesOut }) => sum + bytesIn + bytesOut, 0);
  return { requests: ours.length, kb: bytes / 1000, result };
}

async function depthOne({ server, folder }: Bench, name: string): Promise<void> {
  const dir = join(folder, 'shallow');
  const url = `${server.url}/nova`;
  await mustGit(['clone', '--quiet', '--bare', '--depth=1', '--branch', name, url, dir]);
  await rm(dir, { recursive: true });
}

/** Later fixes on the newest release: of an older one, check would also ask for the messages of newer tags. */
async function cleanCheck(bench: Bench) {
  progress('patch-wire: pinwheel check from nothing');
  const queue = await queueFolder(bench, 'fitting');
  await writePatches(bench.mirror, await untouched(bench, '32.2.1', '32.2.1'), queue);
  return checkPinned(bench, { queue, ref: '32.2.1', cache: 'clean' });
}

/** Patches of which no file changed between two point releases. */
async function newTag(bench: Bench) {
  progress('patch-wire: a new tag');
  const queue = await queueFolder(bench, 'untouched');
  await writePatches(bench.mirror, await untouched(bench, '32.1.0', '32.2.0'), queue);
  await checkPinned(bench, { queue, ref: '32.1.0', cache: 'tags' });
  return checkPinned(bench, { queue, ref: '32.2.0', cache: 'tags' });
}

async function queueFolder({ folder }: Bench, name: string): Promise<string> {
  const queue = join(folder, name);
  await mkdir(queue);
  return queue;
}

/** Later commits of master that apply to a tag, each on files of its own that the next tag left alone. */
async function untouched(
  { mirror, folder }: Bench,
  tag: string,
  next: string,
): Promise<readonly string[]> {
  const dir = join(folder, 'checkout');
  await mustGit(['-C', mirror, 'worktree', 'add', '--quiet', '--force', '--detach', dir, tag]);
  const range = ['--no-merges', '--reverse', '33.0.0..master', '--', 'nova/'];
  const found: string[] = [];
  const taken = new Set<string>();
  for (const commit of lines(await mustGit(['-C', mirror, 'rev-list', ...range]))) {
    const named = ['-C', mirror, 'show', '--format=', '--name-only', '--no-renames', commit];
    const paths = lines(await mustGit(named));
    const changed = await git(['-C', mirror, 'diff', '--quiet', tag, next, '--', ...paths]);
    if (changed.code !== 0 || paths.some((path) => taken.has(path))) continue;
    const patch = join(folder, 'one.patch');
    const format = ['format-patch', '-1', '--stdout', commit];
    await writeFile(patch, await mustGit(['-C', mirror, ...format]));
    if ((await git(['-C', dir, 'apply', '--index', '--check', patch])).code !== 0) continue;
    for (const path of paths) taken.add(path);
    if (found.push(commit) === patchesInQueue) break;
  }
  await rm(dir, { recursive: true });
  return found;
}

/** Runs the command line on an images repository that pins nova and carries the queue. */
async function checkPinned(
  bench: Bench,
  { queue, ref, cache }: { readonly queue: string; readonly ref: string; readonly cache: string },
) {
  const { server, clones, mirror, folder } = bench;
  const repository = join(folder, `images-${cache}`);
  await mkdir(join(repository, 'releases/2025.2'), { recursive: true });
  await writeFile(join(repository, 'releases/2025.2/source-refs.yaml'), `nova: "${ref}"\n`);
  await cp(queue, join(repository, 'patches/nova/2025.2'), { recursive: true });
  const command = [join(project, 'bin/pinwheel'), '--repo', repository, '--json'];
  const upstream = ['--upstream', `${server.url}/{component}`];
  const env = { ...quietEnvironment(folder), XDG_CACHE_HOME: join(folder, cache) };
  const wire = await wireOf(bench, async () =>
    expectCode(await measureProcess([...command, ...upstream, 'check'], { env }), 0, 1),
  );
  const { patches } = JSON.parse(wire.result.stdout) as {
    readonly patches: readonly { readonly verdict: Outcome['words'][number] }[];
  };
  const [target] = await resolveTargets(join(clones, 'nova'), [ref]);
  const { paths } = await readQueue(queue, 'nova');
  const scratch = join(folder, 'scratch');
  const setting = { url: '', wholeUrl: '', clone: mirror, folder: queue, paths, scratch };
  const truth = target && (await judgeByGit(setting, target));
  const words = patches.map(({ verdict }) => verdict).join();
  if (words !== truth?.words.join() || words.replace(/applies(-with-offset)?,?/g, '') !== '') {
    throw new Error(`patch-wire: on ${ref} ${words}, and git says ${truth?.words.join() ?? ''}`);
  }
  return { ...wire, wallMs: wire.result.wallMs };
}

async function sixRefs(bench: Bench) {
  progress('patch-wire: six refs');
  return trialsFromNothing(bench, nova.refs);
}

async function alreadyMerged(bench: Bench) {
  progress('patch-wire: already upstream');
  const range = ['rev-list', '--count', '32.0.0..33.0.0'];
  const commits = Number(await mustGit(['-C', bench.mirror, ...range]));
  const wire = await trialsFromNothing(bench, ['33.0.0']);
  return { ...wire, commits, historyMs: wire.result.historyMs };
}

async function trialsFromNothing(bench: Bench, refs: readonly string[]) {
  const { server, clones, mirror, folder } = bench;
  const queue = await queueFolder(bench, `fixes-${refs.length}`);
  await writeFixes(join(clones, 'nova'), nova, queue);
  const targets = await resolveTargets(join(clones, 'nova'), refs);
  const url = `${server.url}/nova`;
  const cacheDir = join(folder, `from-nothing-${refs.length}`);
  const components = [{ name: 'nova', url, folder: queue, targets }];
  const wire = await wireOf<MeasuredRun>(bench, () => runPatches({ cacheDir, components }, folder));
  const { paths } = await readQueue(queue, 'nova');
  const scratch = join(folder, 'scratch');
  const setting = { url, wholeUrl: '', clone: mirror, folder: queue, paths, scratch };
  const truth: Outcome[] = [];
  for (const target of targets) truth.push(await judgeByGit(setting, target));
  sameOutcomes(wire.result.outcomes[0] ?? [], truth);
  return { ...wire, wallMs: wire.result.wallMs };
}
