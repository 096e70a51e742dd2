import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lastLines, runCommand, tryCommand } from '../../scripts/command.ts';
import type { Ran } from '../../scripts/command.ts';
import { Unavailable, installPackages } from './debian.ts';

/** The release of a component that a cell builds. */
export interface Release {
  readonly component: string;
  readonly version: string;
}

/** Components whose distribution has another name on PyPI. */
const distributions: ReadonlyMap<string, string> = new Map([['placement', 'openstack-placement']]);

/** uv, as a program of this machine; pip finds it where it is set up to look. */
export async function fetchUv(version: string, cache: string, log: string): Promise<string> {
  const folder = join(cache, `uv-${version}`);
  const program = join(folder, 'bin', 'uv');
  if (existsSync(program)) return program;
  const pip = await findPip(log);
  await rm(`${folder}.new`, { recursive: true, force: true });
  const installed = await tryCommand(
    [...pip, 'install', '--quiet', '--no-deps', `--target=${folder}.new`, `uv==${version}`],
    { log },
  );
  if (installed.code !== 0) {
    throw new Unavailable(
      `pip cannot get uv ${version}: ${installed.stderr.trim().split('\n').at(-1) ?? ''}`,
    );
  }
  await rename(`${folder}.new`, folder);
  return program;
}

async function findPip(log: string): Promise<readonly string[]> {
  const candidates = [['python3', '-m', 'pip'], ['pip3'], ['pip']];
  for (const candidate of candidates) {
    if ((await tryCommand([...candidate, '--version'])).code === 0) return candidate;
  }
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Unavailable('pip is not there: install python3-pip');
  }
  await installPackages(['python3-pip'], log);
  return ['python3', '-m', 'pip'];
}

/** Whether the package index that this machine is set up for answers; asked anew each time. */
export async function askIndex(uv: string, log: string): Promise<void> {
  const asked = await compile({ uv, log }, 'pbr', ['--no-cache']);
  if (asked.code === 0) return;
  throw new Unavailable(`no package index answers: ${lastLines(asked.stderr, 1).trim()}`);
}

/** Source distributions of a series, unpacked. */
export interface Sources {
  /** Has a folder for each component. */
  readonly folder: string;
  /** Of a component whose very version was never released: the version before it, which was taken. */
  readonly instead: Readonly<Record<string, string>>;
  /** Components that could not be had, and why. */
  readonly missing: Readonly<Record<string, string>>;
}

interface Fetching {
  readonly uv: string;
  readonly cache: string;
  readonly log: string;
}

/**
 * The source distributions of releases. uv says where they are and what their hash is, without building
 * anything, which pip would.
 */
export async function fetchSources(
  releases: readonly Release[],
  { uv, cache, log }: Fetching,
): Promise<Sources> {
  const key = createHash('sha256').update(JSON.stringify(releases)).digest('hex').slice(0, 12);
  const folder = join(cache, 'sources-v2', key);
  const known = join(folder, 'sources.json');
  if (existsSync(known)) {
    return { ...(JSON.parse(await readFile(known, 'utf8')) as Sources), folder };
  }
  await rm(`${folder}.new`, { recursive: true, force: true });
  await mkdir(`${folder}.new`, { recursive: true });
  const instead: Record<string, string> = {};
  const missing: Record<string, string> = {};
  for (const { component, version } of releases) {
    const requirement = `${distributions.get(component) ?? component}${specifier(version)}`;
    const found = await findSdist({ uv, log }, requirement);
    if (typeof found === 'string') missing[component] = found;
    else {
      if (isUnreleased(version)) instead[component] = found.version;
      await unpack(found, join(`${folder}.new`, component), log);
    }
  }
  await writeFile(join(`${folder}.new`, 'sources.json'), JSON.stringify({ instead, missing }));
  // What could not be had today may be there tomorrow.
  if (Object.keys(missing).length > 0) return { folder: `${folder}.new`, instead, missing };
  await rename(`${folder}.new`, folder);
  return { folder, instead, missing };
}

/** A commit between two releases: pbr numbers it, and PyPI does not have it. */
export function isUnreleased(version: string): boolean {
  return /\.dev\d+$/.test(version);
}

/** Of a commit the newest release before it, of its own series: those begin with a major version. */
function specifier(version: string): string {
  if (!isUnreleased(version)) return `==${version}`;
  const next = version.replace(/\.dev\d+$/, '');
  return `>=${next.split('.')[0] ?? ''},<${next}`;
}

async function compile(
  { uv, log }: Omit<Fetching, 'cache'>,
  requirement: string,
  more: readonly string[] = [],
): Promise<Ran> {
  const words = ['--quiet', '--no-deps', '--no-header', '--format=pylock.toml', ...more, '-'];
  return tryCommand([uv, 'pip', 'compile', ...words], {
    input: `${requirement}\n`,
    env: { UV_PYTHON_DOWNLOADS: 'never' },
    log,
  });
}

interface Sdist {
  readonly url: string;
  readonly sha256: string;
  readonly version: string;
}

/** A text says why there is none. */
async function findSdist(
  tools: Omit<Fetching, 'cache'>,
  requirement: string,
): Promise<Sdist | string> {
  const { code, stdout, stderr } = await compile(tools, requirement);
  if (code !== 0) return `${requirement}: ${lastLines(stderr, 2).replace(/\s+/g, ' ').trim()}`;
  const version = /^version = "([^"]+)"/m.exec(stdout)?.[1];
  const line = /^sdist = .*$/m.exec(stdout)?.[0] ?? '';
  const url = /url = "([^"]+)"/.exec(line)?.[1];
  const sha256 = /sha256 = "([0-9a-f]{64})"/.exec(line)?.[1];
  if (version === undefined || url === undefined || sha256 === undefined) {
    return `${requirement} has no source distribution`;
  }
  return { url, sha256, version };
}

async function unpack({ url, sha256 }: Sdist, folder: string, log: string): Promise<void> {
  const response = await fetch(url);
  if (!response.ok) throw new Unavailable(`${url} answers ${response.status}`);
  const content = Buffer.from(await response.arrayBuffer());
  if (createHash('sha256').update(content).digest('hex') !== sha256) {
    throw new Error(`${url} is not what its index says it is`);
  }
  await mkdir(folder, { recursive: true });
  const file = `${folder}.tar.gz`;
  await writeFile(file, content);
  await runCommand(['tar', '-xzf', file, '-C', folder, '--strip-components=1', '--no-same-owner'], {
    log,
  });
  await rm(file);
}

/** The version of uv that venv-builder has. */
export async function pinnedUv(repo: string): Promise<string> {
  const dockerfile = await readFile(join(repo, 'images/venv-builder/Dockerfile'), 'utf8');
  const version = /uv:(\d[\w.]*)@sha256:/.exec(dockerfile)?.[1];
  if (version === undefined) throw new Error('images/venv-builder/Dockerfile: uv is not pinned');
  return version;
}
