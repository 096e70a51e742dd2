import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cell } from '../../scripts/recipe.ts';
import { buildBases, buildCell, plainBases } from './build.ts';
import type { Workshop } from './build.ts';
import type { Result } from './cell.ts';
import { differences, readLayout } from './layers.ts';
import { reason } from './smoke.ts';
import type { Check } from './smoke.ts';

/** More would not be read. */
const mostLines = 40;

/**
 * Builds a cell and the base images below it twice, no step of the cell from a cache, the second time
 * none of the bases either and with nothing in the caches of apt and uv: the manifests are the same, or
 * the files that are not are named.
 */
export async function buildAgain(shop: Workshop, cell: Omit<Cell, 'repo'>): Promise<Result> {
  const image = `${cell.service}/${cell.series} again`;
  const fresh = `again-${randomBytes(4).toString('hex')}`;
  const started = performance.now();
  const checks: Check[] = [];
  let version = '';
  try {
    const first = await buildRound(shop, cell, []);
    const anew = ['--no-cache', '--build-arg', `BUILDKIT_CACHE_MOUNT_NS=${fresh}`];
    const second = await buildRound(shop, cell, anew);
    for (const name of [...plainBases, cell.service]) {
      const lines = await differences(join(first.folder, name), join(second.folder, name));
      const why = lines.slice(0, mostLines).join('\n');
      checks.push({ name: `two builds of ${name} have the same manifest`, why });
    }
    const { digest } = await readLayout(join(second.folder, cell.service));
    version = `${second.version} ${digest.slice(0, 19)}`;
  } catch (error) {
    checks.push({ name: 'two builds', why: reason(error) });
  }
  await dropMounts(shop, fresh);
  const seconds = (performance.now() - started) / 1000;
  return { image, version, megabytes: 0, seconds, checks };
}

interface Round {
  readonly version: string;
  /** Of OCI layouts: of each base, and of the cell. */
  readonly folder: string;
}

async function buildRound(
  shop: Workshop,
  cell: Omit<Cell, 'repo'>,
  flags: readonly string[],
): Promise<Round> {
  const folder = await mkdtemp(join(shop.work, `again-${cell.service}-${cell.series}-`));
  const own = { ...shop, layouts: folder };
  await buildBases(own, flags);
  const output = `--output=type=oci,tar=false,dest=${join(folder, cell.service)},rewrite-timestamp=true`;
  const { version } = await buildCell(own, cell, ['--no-cache', output, ...flags]);
  return { version, folder };
}

/** Nobody else will look for the caches of that name. */
async function dropMounts({ engine }: Workshop, name: string): Promise<void> {
  const { stdout } = await engine.tryDocker(['buildx', 'du', '--verbose']);
  for (const record of stdout.split(/\n\s*\n/)) {
    const id = /^ID:\s*(\S+)/m.exec(record)?.[1];
    if (id === undefined || !record.includes(name)) continue;
    await engine.tryDocker(['buildx', 'prune', '--force', '--filter', `id=${id}`]);
  }
}
