import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { runCommand, tryCommand } from './command.ts';
import { aGitUrl, gitUrl } from '../src/core/formats/names.ts';
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
  const isGiven = upstream === undefined;
  const places = [...clonesOf(component, origin), ...urls.map((url) => ({ url, isGiven }))];
  await fetchCommit({ commit, folder }, places);
  const time = Number(await git(folder, 'log', '-1', '--format=%ct'));
  for (const one of await readSubmodules(folder))
    await takeSubmodule(one, { folder, origin, urls });
  await dropHistory(folder);
  return time;
}

function isRepository(folder: string): boolean {
  return ['.git', 'HEAD'].some((name) => existsSync(join(folder, name)));
}

function givenFolders(component: string, { given }: Origin): readonly string[] {
  return given.map((folder) => join(folder, component)).filter((folder) => existsSync(folder));
}

/** Where git may find a commit. What the caller named is the caller's; the rest is what a commit says. */
interface Place {
  readonly url: string;
  readonly isGiven: boolean;
}

function clonesOf(component: string, origin: Origin): readonly Place[] {
  const clones = givenFolders(component, origin).filter(isRepository);
  return clones.map((url) => ({ url, isGiven: true }));
}

async function git(folder: string, ...args: readonly string[]): Promise<string> {
  return runCommand(['git', ...args], { cwd: folder });
}

interface Wanted {
  readonly commit: string;
  readonly folder: string;
}

async function fetchCommit({ commit, folder }: Wanted, places: readonly Place[]): Promise<void> {
  await runCommand(['git', 'init', '--quiet', folder]);
  const refusals: string[] = [];
  for (const place of places) {
    const refusal = await fetchFrom(place, { commit, folder });
    if (refusal === undefined) {
      await git(folder, 'checkout', '--quiet', '--detach', commit);
      return;
    }
    refusals.push(`${place.url}: ${refusal}`);
  }
  const why = refusals.length === 0 ? 'nobody was asked' : refusals.join('; ');
  throw new Error(`commit ${commit} cannot be fetched: ${why}`);
}

/**
 * Why a place did not give a commit. A URL may be the word of a commit that nobody has read, and git
 * runs what some of them name: `--upload-pack=…`, `ext::…`.
 */
async function fetchFrom(
  { url, isGiven }: Place,
  { commit, folder }: Wanted,
): Promise<string | undefined> {
  if (!isGiven && !gitUrl.test(url)) return `it is not ${aGitUrl}`;
  const protocols = ['https', 'http', 'ssh', 'git', ...(isGiven ? ['file'] : [])];
  const { code, stderr } = await tryCommand(
    [
      ...['git', 'fetch', '--quiet', '--no-tags', '--no-recurse-submodules', '--depth=1'],
      ...['--', url, commit],
    ],
    { cwd: folder, env: { GIT_TERMINAL_PROMPT: '0', GIT_ALLOW_PROTOCOL: protocols.join(':') } },
  );
  return code === 0 ? undefined : (stderr.trim().split('\n').at(-1) ?? '');
}

interface Submodule {
  readonly path: string;
  readonly commit: string;
  readonly url: string;
}

async function readSubmodules(folder: string): Promise<readonly Submodule[]> {
  if (!existsSync(join(folder, '.gitmodules'))) return [];
  const config = await git(folder, 'config', '--file=.gitmodules', '--list');
  const found: Submodule[] = [];
  for (const [, name = '', path = ''] of config.matchAll(/^submodule\.(.+)\.path=(.+)$/gm)) {
    const entry = await git(folder, 'ls-tree', '-z', 'HEAD', '--', path);
    const [, commit, there] = /^160000 commit ([0-9a-f]{40,64})\t([^\0]*)\0$/.exec(entry) ?? [];
    if (commit === undefined || there !== path) continue;
    const key = ['config', '--file=.gitmodules', '--get', `submodule.${name}.url`];
    const { stdout } = await tryCommand(['git', ...key], { cwd: folder });
    found.push({ path, commit, url: stdout.trimEnd() });
  }
  return found;
}

interface Around {
  readonly folder: string;
  readonly origin: Origin;
  /** Of what it is a submodule of. */
  readonly urls: readonly string[];
}

/** OVN is compiled with the very OVS that it names: not by its branch, and not by the pin of OVS. */
async function takeSubmodule(
  { path, commit, url }: Submodule,
  { folder, origin, urls }: Around,
): Promise<void> {
  const named = /^\.\.?\//.test(url) ? besides(url, urls) : [url];
  const places = [
    ...clonesOf(basename(path), origin),
    ...named.map((one) => ({ url: one, isGiven: false })),
  ];
  try {
    await fetchCommit({ commit, folder: join(folder, path) }, places);
  } catch (error) {
    throw new Error(`.gitmodules: ${path}: ${(error as Error).message}`, { cause: error });
  }
}

/** `../x` of a submodule is beside the repository that names it. What cannot be resolved stays as it is. */
function besides(url: string, urls: readonly string[]): readonly string[] {
  const found = urls.flatMap((one) => URL.parse(url, `${one.replace(/\/+$/, '')}/`)?.href ?? []);
  return found.length === 0 ? [url] : found;
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
