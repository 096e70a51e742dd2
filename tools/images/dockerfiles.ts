import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastLines } from '../../scripts/command.ts';
import { pinnedReference } from './base.ts';
import type { Result } from './cell.ts';
import type { Engine } from './engine.ts';

/** What buildx says of each Dockerfile, where it can say anything. */
export async function checkDockerfiles(engine: Engine, repo: string): Promise<Result> {
  const started = performance.now();
  const images = engine.canCheck ? await readdir(join(repo, 'images')) : [];
  const external = await Promise.all(
    ['python-base', 'venv-builder'].map(async (name) => pinnedReference(repo, name)),
  );
  // A check looks up what is copied from, and an empty folder is enough of it.
  const empty = await mkdtemp(join(tmpdir(), 'pinwheel-empty-'));
  const names = ['source', 'libraries', 'sources', 'constraints', ...images, ...external];
  const contexts = names.flatMap((name) => ['--build-context', `${name}=${empty}`]);
  const checks = [];
  for (const image of images) {
    const folder = join(repo, 'images', image);
    const { code, stdout, stderr } = await engine.tryDocker([
      'buildx',
      'build',
      '--check',
      ...contexts,
      folder,
    ]);
    checks.push({ name: image, why: code === 0 ? '' : lastLines(`${stderr}\n${stdout}`, 12) });
  }
  await rm(empty, { recursive: true });
  const seconds = (performance.now() - started) / 1000;
  return { image: 'Dockerfiles', version: '', megabytes: 0, seconds, checks };
}
