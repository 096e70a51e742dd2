import { cp, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runGit } from '../sandbox/git.ts';
import { forkReplay } from '../sandbox/replay-process.ts';
import { constraintsPath, sourceRefsPath } from '../src/core/model/catalog.ts';
import { provenanceLine } from '../src/core/model/constraints.ts';
import { runAlone } from './alone-runs.ts';
import { dataNote, series, services } from './data.ts';
import { expectCode, measureProcess, project } from './process.ts';
import type { Measured } from './process.ts';
import { countLookedUp, installRenovate, lookUp, quietEnvironment } from './renovate.ts';
import { renovateConfig, renovateVersion } from './renovate.ts';
import { progress } from './report.ts';
import type { Benchmark, Goal, Report } from './report.ts';
import { inTurns, median, ratioOf } from './statistics.ts';
import type { Pairs, Ratio } from './statistics.ts';
import { record, withFolder, withUpstreams } from './upstreams.ts';

export const update: Benchmark = {
  name: 'update',
  about: '`pinwheel update` of six components, against a look-up by Renovate',
  run: () => withUpstreams((root) => withFolder((folder) => run(root, folder))),
};

const pairs = 5;

type Kind = 'cold' | 'warm';

interface Compared extends Pairs<Measured, Measured> {
  readonly kind: Kind;
}

async function run(root: string, folder: string): Promise<Report> {
  const { problem } = await installRenovate();
  const place = await makePlace(root, folder, problem === undefined);
  const runs = [await compare(place, 'cold'), await compare(place, 'warm')];
  const { misses } = await place.server.report();
  await place.server.close();
  if (misses[0] !== undefined) throw new Error(`update: not recorded: ${misses[0]}`);
  const floor = [];
  for (let round = 0; round < pairs; round += 1) floor.push(await runAlone('nothing'));
  return {
    title: `update: ${services.size} components of one series`,
    rows: [
      ...runs.flatMap(({ kind, ours, theirs }) => [
        row(`pinwheel update, ${kind}`, ours),
        ...(theirs.length > 0 ? [row(`renovate ${renovateVersion}, ${kind}`, theirs)] : []),
      ]),
      row('floor: Node with next to no TypeScript', floor),
    ],
    goals: problem === undefined ? runs.flatMap(goalsOf) : [],
    notes: [
      ...(problem === undefined ? ratioNotes(runs) : [`SKIPPED the peer: ${problem}`]),
      'whole processes in turns on the same repository and replayed upstreams; cold: an empty cache, warm: the one kept from the run before',
      'CPU is of Node and of the git processes that it starts (Linux only), memory of Node; pinwheel also asks openstack/releases, the messages of tags, and openstack/requirements',
      dataNote,
    ],
  };
}

interface Place {
  readonly server: Awaited<ReturnType<typeof forkReplay>>;
  readonly folder: string;
  readonly repository: string;
  readonly withRenovate: boolean;
}

/** The images repository, and a server that has answered everything before. */
export async function makePlace(
  root: string,
  folder: string,
  withRenovate: boolean,
): Promise<Place> {
  const repository = join(folder, 'images-repository');
  await makeRepository(root, repository);
  const recording = await record(root, async (url) => {
    progress('update: recording what upstream answers');
    for (const kind of ['cold', 'warm'] as const) {
      const cache = join(folder, 'recording');
      const { stdout } = await pinwheelUpdate({ repository, url, cache });
      if (kind === 'cold') checkAnswer(stdout);
    }
    if (!withRenovate) return;
    await writeFile(join(repository, 'renovate.json'), renovateConfig(url));
    const found = await countLookedUp(repository, join(folder, 'recording'));
    if (found !== services.size) throw new Error(`renovate looked up ${found} components`);
  });
  const server = await forkReplay({ recording });
  await writeFile(join(repository, 'renovate.json'), renovateConfig(server.url));
  return { server, folder, repository, withRenovate };
}

/** This project's images, with the pins of the benchmark and upstream's present constraints. */
export async function makeRepository(root: string, repository: string): Promise<void> {
  for (const image of ['python-base', 'venv-builder', ...services.keys()]) {
    const path = join('images', image);
    await cp(join(project, path), join(repository, path), { recursive: true });
  }
  const requirements = join(root, 'requirements');
  const ref = `stable/${series}`;
  const commit = (await runGit(['-C', requirements, 'rev-parse', ref])).trim();
  const upper = await runGit(['-C', requirements, 'show', `${commit}:upper-constraints.txt`]);
  const pins = [...services].map(([name, tag]) => `${name}: "${tag}"  # tag\n`);
  const files = [
    [sourceRefsPath(series), pins.join('')],
    [constraintsPath(series), `${provenanceLine({ ref, commit })}\n${upper}`],
    // Renovate reads only files that git knows, as they are in the working tree.
    ['renovate.json', '{}\n'],
  ] as const;
  for (const [path, text] of files) {
    await mkdir(dirname(join(repository, path)), { recursive: true });
    await writeFile(join(repository, path), text);
  }
  await runGit(['init', '--quiet', '--initial-branch=main', repository]);
  await runGit(['-C', repository, 'add', '--all']);
  await runGit(['-C', repository, 'commit', '--quiet', '--message=The benchmark']);
}

async function compare(place: Place, kind: Kind): Promise<Compared> {
  const { server, folder, repository, withRenovate } = place;
  let turn = 0;
  function cache(whose: string): string {
    turn += 1;
    return join(folder, kind === 'warm' ? whose : `${whose}-${turn}`);
  }
  function ours(): Promise<Measured> {
    return pinwheelUpdate({ repository, url: server.url, cache: cache('pinwheel') });
  }
  function theirs(): Promise<Measured> {
    return lookUp(repository, cache('renovate'));
  }
  if (kind === 'warm') {
    await ours();
    if (withRenovate) await theirs();
  }
  progress(`update: ${kind}, ${pairs} pairs`);
  if (withRenovate) return { kind, ...(await inTurns(pairs, ours, theirs)) };
  const { ours: alone } = await inTurns(pairs, ours, () => 0);
  return { kind, ours: alone, theirs: [] };
}

/** `pinwheel update --json` with a cache of its own. It ends with 1, for there are updates. */
export async function pinwheelUpdate(place: {
  readonly repository: string;
  readonly url: string;
  readonly cache: string;
}): Promise<Measured> {
  const { repository, url, cache } = place;
  const upstream = ['--upstream', `${url}/{component}`];
  const env = { ...quietEnvironment(cache), XDG_CACHE_HOME: cache };
  const command = [join(project, 'bin/pinwheel'), '--repo', repository, ...upstream, '--json'];
  return expectCode(await measureProcess([...command, 'update'], { env }), 1);
}

function checkAnswer(stdout: string): void {
  type Lines = readonly { readonly component: string }[];
  const { moves, held } = JSON.parse(stdout) as { moves: Lines; held: Lines };
  const answered = new Set([...moves, ...held].map(({ component }) => component));
  if (answered.size !== services.size || moves.length === 0) {
    throw new Error(`pinwheel update answered for ${answered.size} components: ${stdout}`);
  }
}

function row(what: string, runs: readonly Measured[]) {
  return {
    what,
    'wall ms': median(runs.map(({ wallMs }) => wallMs)),
    'CPU ms': median(runs.map(({ cpuMs }) => cpuMs)),
    'peak MB': median(runs.map(({ peakMb }) => peakMb)),
  };
}

function ratio({ ours, theirs }: Compared, of: (run: Measured) => number): Ratio {
  return ratioOf({ ours: ours.map(of), theirs: theirs.map(of) });
}

function goalsOf(compared: Compared): readonly Goal[] {
  const wall = ratio(compared, ({ wallMs }) => wallMs).median;
  const memory = 1 / ratio(compared, ({ peakMb }) => peakMb).median;
  return [
    { what: `${compared.kind}: times faster than Renovate`, measured: wall, atLeast: 20 },
    { what: `${compared.kind}: share of Renovate's memory`, measured: memory, atMost: 0.2 },
  ];
}

function ratioNotes(runs: readonly Compared[]): readonly string[] {
  return runs.map((compared) => {
    const wall = ratio(compared, ({ wallMs }) => wallMs);
    const cpu = ratio(compared, ({ cpuMs }) => cpuMs);
    const spread = `${wall.least.toFixed(1)} to ${wall.most.toFixed(1)}`;
    return `${compared.kind}: wall ${wall.median.toFixed(1)} times (${spread} by pair), CPU ${cpu.median.toFixed(1)} times`;
  });
}
