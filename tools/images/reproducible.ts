import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Cell } from '../../scripts/recipe.ts';
import { buildCell } from './build.ts';
import type { Workshop } from './build.ts';
import type { Result } from './cell.ts';
import { differences, readLayout } from './layers.ts';
import { reason } from './smoke.ts';

/** More would not be read. */
const mostLines = 40;

/**
 * Builds a cell twice, none of its steps from a cache, the second time with nothing in the caches of
 * apt and uv either: the manifests are the same, or the files that are not are named.
 */
export async function buildAgain(shop: Workshop, cell: Omit<Cell, 'repo'>): Promise<Result> {
  const image = `${cell.service}/${cell.series} again`;
  const name = 'two builds without cache have the same manifest';
  const fresh = `again-${randomBytes(4).toString('hex')}`;
  let version = '';
  let seconds = 0;
  let why: string;
  try {
    const folders: string[] = [];
    for (const [at, flags] of [[], ['--build-arg', `BUILDKIT_CACHE_MOUNT_NS=${fresh}`]].entries()) {
      const folder = join(shop.work, `again-${cell.service}-${cell.series}-${at}`);
      const output = `--output=type=oci,tar=false,dest=${folder},rewrite-timestamp=true`;
      const built = await buildCell(shop, cell, ['--no-cache', output, ...flags]);
      ({ version } = built);
      seconds += built.seconds;
      folders.push(folder);
    }
    const [one = '', other = ''] = folders;
    const lines = await differences(one, other);
    why = lines.slice(0, mostLines).join('\n');
    if (lines.length === 0) version = `${version} ${(await readLayout(one)).digest.slice(0, 19)}`;
  } catch (error) {
    why = reason(error);
  }
  await dropMounts(shop, fresh);
  return { image, version, megabytes: 0, seconds, checks: [{ name, why }] };
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
