import { join } from 'node:path';
import type { Prepared } from './prepare.ts';

/** The call of `docker` that builds a prepared cell, without its outputs and base images. */
export function buildArguments(
  repo: string,
  { recipe, contexts, epoch }: Prepared,
): readonly string[] {
  const read = [...contexts].filter(([name]) => recipe.contexts.includes(name));
  return [
    'buildx',
    'build',
    join(repo, 'images', recipe.service),
    ...read.flatMap(([name, folder]) => ['--build-context', `${name}=${folder}`]),
    ...Object.entries(recipe.args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    '--build-arg',
    `SOURCE_DATE_EPOCH=${epoch}`,
    ...Object.entries(recipe.labels).flatMap(([name, value]) => ['--label', `${name}=${value}`]),
  ];
}
