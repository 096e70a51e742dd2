import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildArguments } from '../../scripts/buildx.ts';
import { runCommand } from '../../scripts/command.ts';
import { prepare } from '../../scripts/prepare.ts';
import type { Cell } from '../../scripts/recipe.ts';
import { pinnedReference } from './base.ts';
import type { Base } from './base.ts';
import type { Engine } from './engine.ts';
import { hostSecrets } from './host-secrets.ts';

/** What the builds of a run have in common. */
export interface Workshop {
  readonly engine: Engine;
  readonly repo: string;
  readonly base: Base;
  readonly uv: string;
  /** Unpacked sources and clones: folders that have one for a component. */
  readonly sources: readonly string[];
  /** Where contexts and logs go. */
  readonly work: string;
  /** Where the base images are, as OCI layouts; without it they are in the engine. */
  readonly layouts?: string;
}

export interface Built {
  readonly image: string;
  readonly version: string;
  readonly seconds: number;
  /** Components in it that have patches. */
  readonly patched: readonly string[];
}

export const plainBases = ['python-base', 'venv-builder'];
const epochOf = fileURLToPath(new URL('../../scripts/ci/bases-epoch.sh', import.meta.url));

export function imageName(name: string): string {
  return `pinwheel.test/${name}`;
}

/** Where the contexts of a cell are. */
export function contextsFolder(work: string, { service, series }: Omit<Cell, 'repo'>): string {
  return join(work, `contexts-${service}-${series}`);
}

/** A base image, as a named context. */
function baseContext({ layouts }: Workshop, name: string): string {
  const where =
    layouts === undefined
      ? `docker-image://${imageName(name)}`
      : `oci-layout://${join(layouts, name)}:run`;
  return `${name}=${where}`;
}

function baseOutput({ layouts }: Workshop, name: string): readonly string[] {
  if (layouts === undefined) return ['--load', '--tag', imageName(name)];
  const folder = join(layouts, name);
  return [`--output=type=oci,tar=false,dest=${folder},name=${name}:run,rewrite-timestamp=true`];
}

/** python-base and venv-builder, on the base that stands in for Ubuntu. */
export async function buildBases(shop: Workshop, flags: readonly string[] = []): Promise<void> {
  const { engine, repo, base, uv, work } = shop;
  const folder = join(work, 'uv');
  await mkdir(folder, { recursive: true });
  await copyFile(uv, join(folder, 'uv'));
  const ubuntu = await pinnedReference(repo, 'python-base');
  const uvImage = await pinnedReference(repo, 'venv-builder');
  const epoch = await runCommand([epochOf, repo]);
  async function build(name: string, ...more: readonly string[]): Promise<void> {
    const call = ['buildx', 'build', join(repo, 'images', name), ...baseOutput(shop, name)];
    const said = ['--provenance=false', '--progress=plain', ...more, ...flags];
    const time = ['--build-arg', `SOURCE_DATE_EPOCH=${epoch}`];
    await engine.docker([...call, ...time, ...said], { log: join(work, `${name}.log`) });
  }
  await build(
    'python-base',
    ...['--build-context', `${ubuntu}=docker-image://${base.image}`],
    ...['--build-arg', `LIBPYTHON=${base.libpython}`],
  );
  await build(
    'venv-builder',
    ...['--build-context', baseContext(shop, 'python-base')],
    ...['--build-context', `${uvImage}=${folder}`],
    ...hostSecrets(),
  );
}

/** What was built of a series; the layers that another build may need are in the builder's cache. */
export async function dropImages(engine: Engine, series: string): Promise<void> {
  const filter = ['--filter', `reference=${imageName('*')}:${series}`];
  const ids = await engine.docker(['image', 'ls', '--quiet', ...filter]);
  const found = [...new Set(ids.split('\n'))].filter((id) => id !== '');
  if (found.length > 0) await engine.docker(['image', 'rm', '--force', ...found]);
}

/** One cell, prepared and built as the workflow does. */
export async function buildCell(
  shop: Workshop,
  cell: Omit<Cell, 'repo'>,
  flags: readonly string[] = [],
): Promise<Built> {
  const { engine, repo, sources, work } = shop;
  const started = performance.now();
  const name = `${cell.service}-${cell.series}`;
  const prepared = await prepare(
    { repo, ...cell },
    { given: sources, upstreams: [] },
    contextsFolder(work, cell),
  );
  const image = `${imageName(cell.service)}:${cell.series}`;
  const bases = prepared.recipe.bases.flatMap((base) => [
    '--build-context',
    // ovn is built on a cell, ovs.
    plainBases.includes(base)
      ? baseContext(shop, base)
      : `${base}=docker-image://${imageName(base)}:${cell.series}`,
  ]);
  const output = flags.some((flag) => flag.startsWith('--output')) ? [] : ['--load'];
  const call = [
    ...buildArguments(repo, prepared),
    ...[...bases, ...output, '--provenance=false', '--progress=plain', '--tag', image],
    ...hostSecrets(),
    ...flags,
  ];
  await mkdir(dirname(join(work, name)), { recursive: true });
  await engine.docker(call, { log: join(work, `${name}.log`) });
  const version = prepared.recipe.args['PBR_VERSION'] ?? '';
  const patched = prepared.recipe.sources
    .filter(({ patches }) => patches.length > 0)
    .map(({ component }) => component);
  return { image, version, patched, seconds: (performance.now() - started) / 1000 };
}
