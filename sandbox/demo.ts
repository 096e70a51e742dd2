import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storyAfter, storyBefore, versionBefore } from './demo-story.ts';
import { runGit } from './git.ts';
import { serveGit } from './git-http.ts';
import { makeOpenStack } from './openstack.ts';

/** A folder with small upstreams on loopback and a copy of this images repository. */
export interface DemoWorld {
  /** The copy, a git repository of its own. */
  readonly repository: string;
  readonly cache: string;
  /** Upstream template for the command line. */
  readonly template: string;
  /** Upstream goes on: releases, fixes, a version that is listed too early. */
  readonly release: () => Promise<void>;
  readonly git: (...args: readonly string[]) => Promise<string>;
  readonly close: () => Promise<void>;
}

/** The folders that make an images repository; constraints and locks are made anew in the demo. */
const copied = ['releases', 'images', 'patches', 'overrides', '.github'];

/** Copies the images repository at `source`, with the pins it may have had before the demo's releases. */
export async function makeDemoWorld(source: string): Promise<DemoWorld> {
  const dir = await mkdtemp(join(tmpdir(), 'pinwheel-demo-'));
  const upstreams = join(dir, 'upstreams');
  const repository = join(dir, 'images-repository');
  await makeOpenStack(upstreams, storyBefore());
  const server = await serveGit(upstreams);
  await copyRepository(source, repository);
  await setBack(repository, await cinderHead(upstreams));
  await runGit(['init', '--quiet', '--initial-branch=main', repository]);
  return {
    repository,
    cache: join(dir, 'cache'),
    template: `${server.url}/{component}`,
    release: async () => {
      await makeOpenStack(upstreams, storyAfter());
    },
    git: (...args) => runGit(['-C', repository, ...args]),
    close: async () => {
      await server.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function copyRepository(source: string, repository: string): Promise<void> {
  for (const folder of copied) {
    await cp(join(source, folder), join(repository, folder), { recursive: true });
  }
}

/** Older pins, and neither constraints nor locks: the demo's upstreams have no commit of the real ones. */
async function setBack(repository: string, cinder: string): Promise<void> {
  for (const series of await readdir(join(repository, 'releases'))) {
    const folder = join(repository, 'releases', series);
    await rm(join(folder, 'upper-constraints.txt'), { force: true });
    await rm(join(folder, 'source-refs.lock.yaml'), { force: true });
    const file = join(folder, 'source-refs.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, olderPins(text, series, cinder));
  }
}

/** The lines of a source-refs.yaml, each with the ref that it may have had. */
function olderPins(text: string, series: string, cinder: string): string {
  return text
    .split('\n')
    .map((line) => {
      const [whole, name = '', ref = ''] = /^([\w.-]+): *"([^"]*)"/.exec(line) ?? [];
      if (whole === undefined) return line;
      if (/^[0-9a-f]{40}$/.test(ref)) return line.replace(ref, cinder);
      return /^\d/.test(ref) ? line.replace(ref, versionBefore(name, series)) : line;
    })
    .join('\n');
}

async function cinderHead(upstreams: string): Promise<string> {
  const head = await runGit([
    '-C',
    join(upstreams, 'cinder'),
    'rev-parse',
    'refs/heads/stable/2025.2',
  ]);
  return head.trim();
}
