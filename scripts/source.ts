import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { runCommand, tryCommand } from './command.ts';
import type { RecipeSource } from '../src/core/model/recipe.ts';

/** Where sources come from: folders that are there already, or git. */
export interface Origin {
  /** Folders that may have one for a component: its source, or a clone. What none has is fetched. */
  readonly given: readonly string[];
  readonly upstreams: readonly string[];
}

export const defaultUpstreams = [
  'https://opendev.org/openstack/{component}',
  'https://github.com/openstack/{component}',
];

/** Puts the source of a component into a folder, without its history; its time in seconds since 1970. */
export async function takeSource(
  { component, commit, upstream }: RecipeSource,
  origin: Origin,
  folder: string,
): Promise<number> {
  await mkdir(folder, { recursive: true });
  const given = givenFolders(component, origin).find((one) => !isRepository(one));
  if (given !== undefined) {
    await cp(given, folder, { recursive: true, preserveTimestamps: true });
    return newestTime(folder);
  }
  const templates = upstream === undefined ? origin.upstreams : [upstream];
  const urls = templates.map((template) => template.replaceAll('{component}', component));
  await fetchCommit({ component, commit, folder }, [...clonesOf(component, origin), ...urls]);
  const time = Number(await git(folder, 'log', '-1', '--format=%ct'));
  await takeSubmodules(folder, origin);
  await dropHistory(folder);
  return time;
}

function isRepository(folder: string): boolean {
  return ['.git', 'HEAD'].some((name) => existsSync(join(folder, name)));
}

function givenFolders(component: string, { given }: Origin): readonly string[] {
  return given.map((folder) => join(folder, component)).filter((folder) => existsSync(folder));
}

function clonesOf(component: string, origin: Origin): readonly string[] {
  return givenFolders(component, origin).filter(isRepository);
}

async function git(folder: string, ...args: readonly string[]): Promise<string> {
  return runCommand(['git', ...args], { cwd: folder });
}

interface Wanted {
  readonly component: string;
  readonly commit: string;
  readonly folder: string;
}

async function fetchCommit(
  { component, commit, folder }: Wanted,
  urls: readonly string[],
): Promise<void> {
  await runCommand(['git', 'init', '--quiet', folder]);
  const refusals: string[] = [];
  for (const url of urls) {
    const fetched = await tryCommand(
      ['git', 'fetch', '--quiet', '--no-tags', '--depth=1', url, commit],
      { cwd: folder, env: { GIT_TERMINAL_PROMPT: '0' } },
    );
    if (fetched.code === 0) {
      await git(folder, 'checkout', '--quiet', '--detach', commit);
      return;
    }
    refusals.push(`${url}: ${fetched.stderr.trim().split('\n').at(-1) ?? ''}`);
  }
  const why = refusals.length === 0 ? 'nobody was asked' : refusals.join('; ');
  throw new Error(`${component}: commit ${commit} cannot be fetched: ${why}`);
}

/** OVN is compiled with the very OVS that it names: not by its branch, and not by the pin of OVS. */
async function takeSubmodules(folder: string, origin: Origin): Promise<void> {
  if (!existsSync(join(folder, '.gitmodules'))) return;
  const config = await git(folder, 'config', '--file=.gitmodules', '--list');
  for (const [, name = '', path = ''] of config.matchAll(/^submodule\.(.+)\.path=(.+)$/gm)) {
    const entry = await git(folder, 'ls-tree', 'HEAD', path);
    const commit = /^160000 commit ([0-9a-f]{40,64})\t/.exec(entry)?.[1];
    if (commit === undefined) continue;
    const url = await git(folder, 'config', '--file=.gitmodules', '--get', `submodule.${name}.url`);
    const wanted = { component: basename(path), commit, folder: join(folder, path) };
    await fetchCommit(wanted, [...clonesOf(wanted.component, origin), url]);
  }
}

/** A build takes no version from it, and its objects would be a part of the context. */
async function dropHistory(folder: string): Promise<void> {
  for (const path of await readdir(folder, { recursive: true })) {
    if (basename(path) === '.git') await rm(join(folder, path), { recursive: true, force: true });
  }
}

/** Of files only: unpacking and copying give folders times of their own. */
async function newestTime(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const times = await Promise.all(
    files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).mtimeMs),
  );
  return Math.floor(Math.max(0, ...times) / 1000);
}
