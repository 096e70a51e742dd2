import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildArguments } from '../scripts/buildx.ts';
import { prepare } from '../scripts/prepare.ts';
import type { Prepared } from '../scripts/prepare.ts';
import { buildBases } from '../tools/images/build.ts';
import type { Workshop } from '../tools/images/build.ts';
import { Unavailable } from '../tools/images/debian.ts';
import { hostSecrets } from '../tools/images/host-secrets.ts';
import { unpackedBytes } from '../tools/images/size.ts';
import { withWorkshop } from '../tools/images/workshop.ts';
import { contentsOf } from './image-contents.ts';
import { pipBuilder, recipes } from './image-recipes.ts';
import type { Recipe } from './image-recipes.ts';
import { project } from './process.ts';
import { progress } from './report.ts';
import type { Benchmark, Report } from './report.ts';
import { median, ratioOf, timed } from './statistics.ts';

const series = '2026.1';
const services = ['placement', 'keystone'];
/** Of a quarter of an hour each, on two cores that have other work. */
const rounds = Number(process.env['PINWHEEL_BENCH_ROUNDS'] ?? 3);

export const images: Benchmark = {
  name: 'images',
  about: 'builds of placement and keystone: cold, unchanged, after a patch; sizes',
  run: async () => {
    try {
      return await withWorkshop({ series, services }, run);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      return { title: 'images', rows: [], goals: [], notes: [`skipped: ${error.message}`] };
    }
  },
};

type Step = 'cold' | 'unchanged' | 'patched';
const steps: readonly Step[] = ['cold', 'unchanged', 'patched'];

/** One way to build one service: milliseconds of each step in each round, and bytes. */
interface Measured {
  readonly service: string;
  readonly recipe: Recipe;
  readonly times: Readonly<Record<Step, number[]>>;
  megabytes: number;
}

async function run(shop: Workshop): Promise<Report> {
  await buildBases(shop);
  const bench = join(project, 'bench/images');
  const base = ['--build-context', 'venv-builder=docker-image://pinwheel.test/venv-builder'];
  await shop.engine.docker(['buildx', 'build', bench, '--load', '--tag', pipBuilder, ...base]);
  const all: Measured[] = [];
  const notes: string[] = [];
  for (const service of services) {
    const measured = await measureService(shop, service);
    all.push(...measured);
    const image = imageOf(service, measured[0]?.recipe.name ?? '');
    notes.push(`${service}: ${await contentsOf(shop.engine, image)}`);
  }
  return {
    title: 'images: how long they take and how large they are',
    rows: all.map((one) => rowOf(one, all)),
    goals: [],
    notes: [
      ...notes,
      `medians of ${rounds} rounds, all recipes in turns; a ratio is theirs to ours, pair by pair`,
      'cold: no layer and nothing in the caches of apt, uv and pip; base images are there',
      'unchanged: once more; patched: after a line more in one file of the service',
    ],
  };
}

function imageOf(service: string, recipe: string): string {
  return `pinwheel.test/bench-${service}:${recipe.replaceAll(' ', '-')}`;
}

async function measureService(shop: Workshop, service: string): Promise<readonly Measured[]> {
  const work = join(shop.work, `bench-${service}`);
  const origin = { given: shop.sources, upstreams: [] };
  const prepared = await prepare({ repo: shop.repo, service, series }, origin, join(work, 'cell'));
  const all = recipes.map((recipe): Measured => {
    return { service, recipe, times: { cold: [], unchanged: [], patched: [] }, megabytes: 0 };
  });
  for (let round = 0; round < rounds; round += 1) {
    const caches = `bench-${randomBytes(4).toString('hex')}`;
    for (const step of steps) {
      if (step === 'patched') await addLine(prepared, round);
      for (const one of all) {
        const flags = await flagsOf(one, { shop, work, caches });
        const call = [...buildArguments(shop.repo, prepared), ...flags];
        const cold = step === 'cold' ? ['--no-cache'] : [];
        const log = join(work, `${one.recipe.name}.log`);
        const time = await timed(() => shop.engine.docker([...call, ...cold], { log }));
        one.times[step].push(time);
        progress(`images: ${service}, ${one.recipe.name}, ${step}: ${(time / 1000).toFixed(1)} s`);
      }
    }
  }
  for (const one of all) {
    one.megabytes = (await unpackedBytes(shop.engine, imageOf(service, one.recipe.name))) / 1e6;
  }
  return all;
}

interface Place {
  readonly shop: Workshop;
  readonly work: string;
  /** Name of the caches of this round. */
  readonly caches: string;
}

async function flagsOf(
  { service, recipe }: Measured,
  { shop, work, caches }: Place,
): Promise<readonly string[]> {
  const ours = await readFile(join(shop.repo, 'images', service, 'Dockerfile'), 'utf8');
  await mkdir(work, { recursive: true });
  const file = join(work, `${recipe.name.replaceAll(' ', '-')}.Dockerfile`);
  await writeFile(file, recipe.dockerfile(ours, service));
  const builder = recipe.builder ?? 'pinwheel.test/venv-builder';
  return [
    ...['--file', file, '--load', '--provenance=false', '--progress=plain'],
    ...['--tag', imageOf(service, recipe.name)],
    ...['--build-context', `bench=${join(project, 'bench/images')}`],
    ...['--build-context', 'python-base=docker-image://pinwheel.test/python-base'],
    ...['--build-context', `venv-builder=docker-image://${builder}`],
    ...['--build-arg', `BUILDKIT_CACHE_MOUNT_NS=${caches}`],
    ...hostSecrets(),
  ];
}

/** In the first package of the source. */
async function addLine({ contexts, recipe }: Prepared, round: number): Promise<void> {
  const source = contexts.get('source') ?? '';
  const [found] = (await readdir(join(source, recipe.service))).filter((name) =>
    name.endsWith('.py'),
  );
  await appendFile(join(source, recipe.service, found ?? '__init__.py'), `# round ${round}\n`);
}

function rowOf(one: Measured, all: readonly Measured[]): Report['rows'][number] {
  const ours = all.find(({ service }) => service === one.service) ?? one;
  const times = steps.flatMap((step) => {
    const ratio = ratioOf({ ours: ours.times[step], theirs: one.times[step] }).median;
    return [
      [`${step} s`, median(one.times[step]) / 1000] as const,
      [`${step} ratio`, ratio] as const,
    ];
  });
  return {
    image: one.service,
    recipe: one.recipe.name,
    ...Object.fromEntries(times),
    MB: one.megabytes,
    'MB ratio': one.megabytes / ours.megabytes,
  };
}
