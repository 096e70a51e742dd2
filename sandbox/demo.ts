import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatQueue } from './carried.ts';
import { carriedInDemo } from './demo-commits.ts';
import { storyAfter, storyBefore, versionBefore } from './demo-story.ts';
import { runGit } from './git.ts';
import type { GitHubProcess } from './github/process.ts';
import { makeOpenStack } from './openstack.ts';

/** Where the demo takes place. */
export interface DemoGround {
  /** This images repository, of which a copy is made. */
  readonly source: string;
  /** A folder of the demo alone. */
  readonly folder: string;
  readonly github: GitHubProcess;
  /** `pinwheel ARGS --repo REPOSITORY`, which brings constraints and locks into the copy. */
  readonly pinwheel: (repository: string, ...args: readonly string[]) => Promise<void>;
}

/** A small OpenStack on a small GitHub, and an images repository there. */
export interface DemoWorld {
  /** Patches that somebody wants to carry, by path. */
  readonly patches: Readonly<Record<string, string>>;
  /** `releases/2025.2/source-refs.yaml` with a version of nova that belongs to the next series. */
  readonly wrongPin: Readonly<Record<string, string>>;
  /** Upstream goes on: releases, fixes, a version that is listed too early. */
  readonly release: () => Promise<void>;
}

export const imagesRepository = 'acme/images';
/** Upstream template for the bot and for the command line. */
export function templateOf({ url }: GitHubProcess): string {
  return `${url}/openstack/{component}.git`;
}

/** The folders that make an images repository; constraints and locks are made anew in the demo. */
const copied = [
  ...['releases', 'images', 'patches', 'overrides'],
  ...['.github/pinwheel.yml', '.github/workflows'],
];

/** Makes the upstreams, and a copy of the images repository with the pins it may have had before. */
export async function makeDemoWorld(ground: DemoGround): Promise<DemoWorld> {
  const { folder, github } = ground;
  const upstreams = join(folder, 'upstreams');
  await makeOpenStack(upstreams, storyBefore());
  await publish(github, upstreams);
  const copy = await makeCopy(ground, upstreams);
  await github.setup.addRepository({
    ...{ name: imagesRepository, from: copy },
    people: { alice: 'admin', bob: 'write' },
  });
  const pins = 'releases/2025.2/source-refs.yaml';
  const before = await readFile(join(copy, pins), 'utf8');
  const other = versionBefore('nova', '2026.1');
  return {
    patches: await patchesToCarry(folder, upstreams),
    wrongPin: { [pins]: before.replace(/^nova: *"[^"]*"/m, `nova: "${other}"`) },
    release: async () => {
      await makeOpenStack(upstreams, storyAfter());
      await pushAll(github, upstreams);
    },
  };
}

/** The upstreams are repositories of the small GitHub, so that links to them can be followed. */
async function publish({ setup }: GitHubProcess, upstreams: string): Promise<void> {
  for (const name of await readdir(upstreams)) {
    await setup.addRepository({
      ...{ name: `openstack/${name}`, from: join(upstreams, name), defaultBranch: 'master' },
      people: { zuul: 'admin' },
    });
  }
}

async function pushAll(github: GitHubProcess, upstreams: string): Promise<void> {
  const names = await readdir(upstreams);
  const pushes = names.map(async (name) => {
    const url = await github.as('zuul', `openstack/${name}`).gitUrl();
    await runGit(['-C', join(upstreams, name), 'push', '--quiet', '--mirror', url]);
  });
  await Promise.all(pushes);
}

async function makeCopy(ground: DemoGround, upstreams: string): Promise<string> {
  const { source, folder, pinwheel } = ground;
  const copy = join(folder, 'images');
  for (const part of copied) await cp(join(source, part), join(copy, part), { recursive: true });
  await setBack(copy, await headOf(upstreams, 'cinder', 'stable/2025.2'));
  await pinwheel(copy, 'update', '--write');
  await pinwheel(copy, 'lock');
  await runGit(['init', '--quiet', '--initial-branch=main', copy]);
  await runGit(['-C', copy, 'add', '--all']);
  const who = ['--author', 'alice <alice@users.noreply.example.org>'];
  const message = ['--message', 'images: where we stand'];
  await runGit(['-C', copy, 'commit', '--quiet', ...who, ...message]);
  return copy;
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

async function headOf(upstreams: string, component: string, branch: string): Promise<string> {
  const head = await runGit([
    '-C',
    join(upstreams, component),
    'rev-parse',
    `refs/heads/${branch}`,
  ]);
  return head.trim();
}

const patchedSeries = '2025.2';

async function patchesToCarry(
  folder: string,
  upstreams: string,
): Promise<Readonly<Record<string, string>>> {
  const patches: Record<string, string> = {};
  for (const [component, commits] of Object.entries(carriedInDemo)) {
    const scratch = join(folder, 'queues', component);
    await mkdir(scratch, { recursive: true });
    const base = versionBefore(component, patchedSeries);
    const queue = { repository: join(upstreams, component), base, commits, scratch };
    for (const [name, text] of await formatQueue(queue)) {
      patches[`patches/${component}/${patchedSeries}/${name}`] = text;
    }
  }
  return patches;
}
