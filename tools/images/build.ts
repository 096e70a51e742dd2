import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buildArguments } from '../../scripts/buildx.ts';
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
}

export interface Built {
  readonly image: string;
  readonly version: string;
  readonly seconds: number;
}

const plainBases = ['python-base', 'venv-builder'];

export function imageName(name: string): string {
  return `pinwheel.test/${name}`;
}

/** Where the contexts of a cell are. */
export function contextsFolder(work: string, { service, series }: Omit<Cell, 'repo'>): string {
  return join(work, `contexts-${service}-${series}`);
}

/** python-base and venv-builder, on the base that stands in for Ubuntu. */
export async function buildBases(shop: Workshop, flags: readonly string[] = []): Promise<void> {
  const { engine, repo, base, uv, work } = shop;
  const folder = join(work, 'uv');
  await mkdir(folder, { recursive: true });
  await copyFile(uv, join(folder, 'uv'));
  const ubuntu = await pinnedReference(repo, 'python-base');
  const uvImage = await pinnedReference(repo, 'venv-builder');
  async function build(name: string, ...more: readonly string[]): Promise<void> {
    const call = ['buildx', 'build', join(repo, 'images', name), '--load', '--provenance=false'];
    const said = ['--progress=plain', '--tag', imageName(name), ...more, ...flags];
    await engine.docker([...call, ...said], { log: join(work, `${name}.log`) });
  }
  await build(
    'python-base',
    ...['--build-context', `${ubuntu}=docker-image://${base.image}`],
    ...['--build-arg', `LIBPYTHON=${base.libpython}`],
  );
  await build(
    'venv-builder',
    ...['--build-context', `python-base=docker-image://${imageName('python-base')}`],
    ...['--build-context', `${uvImage}=${folder}`],
    ...hostSecrets(),
  );
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
    `${base}=docker-image://${imageName(base)}${plainBases.includes(base) ? '' : `:${cell.series}`}`,
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
  return { image, version, seconds: (performance.now() - started) / 1000 };
}
