import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { tryCommand } from '../../scripts/command.ts';
import type { Cell } from '../../scripts/recipe.ts';
import { buildCell, contextsFolder } from './build.ts';
import type { Built, Workshop } from './build.ts';
import { playNative } from './native-plays.ts';
import { plays } from './plays.ts';
import { unpackedBytes } from './size.ts';
import { playService, reason } from './smoke.ts';
import type { Check } from './smoke.ts';

/** What became of one image. */
export interface Result {
  readonly image: string;
  readonly version: string;
  readonly megabytes: number;
  readonly seconds: number;
  readonly checks: readonly Check[];
  /** Why it was not built. */
  readonly skipped?: string;
}

export function skippedResult(image: string, skipped: string): Result {
  return { image, version: '', megabytes: 0, seconds: 0, checks: [], skipped };
}

const verify = fileURLToPath(new URL('../../scripts/verify-image.sh', import.meta.url));

/** Builds, verifies and runs one cell; whatever happens is a check. */
export async function tryImage(shop: Workshop, cell: Omit<Cell, 'repo'>): Promise<Result> {
  const image = `${cell.service}/${cell.series}`;
  let built: Built;
  try {
    built = await buildCell(shop, cell);
  } catch (error) {
    const checks = [{ name: 'build', why: reason(error) }];
    return { image, version: '', megabytes: 0, seconds: 0, checks };
  }
  const { version, seconds } = built;
  const checks = [{ name: 'build', why: '' }, ...(await verifyImage(shop, cell, built))];
  const play = plays.get(cell.service);
  if (play) {
    const { engine, work } = shop;
    const scene = {
      engine,
      image: built.image,
      service: cell.service,
      work,
      patched: built.patched,
    };
    checks.push(...(await playService(scene, play)));
  } else checks.push(...(await playNative(shop.engine, built.image, cell.service)));
  const megabytes = Math.round((await unpackedBytes(shop.engine, built.image)) / 1e6);
  return { image, version, megabytes, seconds, checks };
}

async function verifyImage(
  { engine, work }: Workshop,
  { service, series }: Omit<Cell, 'repo'>,
  { image, version }: Built,
): Promise<readonly Check[]> {
  const contexts = contextsFolder(work, { service, series });
  const ran = await tryCommand([verify, image, service, series, version, contexts], {
    env: engine.env,
    log: join(work, `${service}-${series}.verify.log`),
  });
  const checks = ran.stdout.split('\n').flatMap((line): readonly Check[] => {
    const [, word, name = '', why = ''] = /^(ok|FAILED) ([^:]+)(?:: (.*))?$/.exec(line) ?? [];
    return word === undefined ? [] : [{ name, why: word === 'ok' ? '' : why }];
  });
  const failed = checks.some(({ why }) => why !== '');
  const silent = ran.code !== 0 && !failed ? [{ name: 'verify', why: ran.stderr.trim() }] : [];
  return [...checks, ...silent];
}
