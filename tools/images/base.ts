import { existsSync } from 'node:fs';
import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { debianArchive, fromArchive } from './debian.ts';
import type { Engine } from './engine.ts';

/** A system that stands in for Ubuntu noble, which no Debian mirror has. */
export interface Base {
  readonly image: string;
  /** The package of libpython there. */
  readonly libpython: string;
  readonly python: string;
}

const suite = 'trixie';

/** Debian's trixie: of all its releases the one whose package names are nearest to noble's. */
export async function debianBase(engine: Engine, cache: string, log: string): Promise<Base> {
  const image = `pinwheel.test/base:${suite}`;
  const base = { image, libpython: 'libpython3.13', python: '3.13' };
  const there = await engine.tryDocker(['image', 'inspect', image]);
  if (there.code === 0) return base;
  const tar = join(cache, `base-${suite}.tar`);
  if (!existsSync(tar)) {
    const { uri, keyring } = await debianArchive();
    const options = ['--variant=minbase', '--aptopt=Acquire::Check-Valid-Until "false"'];
    const line = `deb [signed-by=${keyring}] ${uri} ${suite} main`;
    await fromArchive(['mmdebstrap', ...options, suite, `${tar}.new.tar`, line], { log });
    await rename(`${tar}.new.tar`, tar);
  }
  await engine.docker(['import', '--change', 'CMD ["/bin/bash"]', tar, image], { log });
  return base;
}

/** What an image's Dockerfile takes from elsewhere by digest: `ubuntu:noble@sha256:…`. */
export async function pinnedReference(repo: string, image: string): Promise<string> {
  const dockerfile = await readFile(join(repo, 'images', image, 'Dockerfile'), 'utf8');
  const found = /(?:^FROM |--from=)(\S+@sha256:[0-9a-f]{64})/m.exec(dockerfile)?.[1];
  if (found === undefined)
    throw new Error(`images/${image}/Dockerfile: no image is pinned by digest`);
  return found;
}
