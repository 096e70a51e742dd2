import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand, tryCommand } from '../../scripts/command.ts';
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

/**
 * The source distributions of releases, unpacked: a folder of `<component>` each. uv says where they
 * are and what their hash is, without building anything, which pip would.
 */
export async function fetchSources(
  releases: readonly Release[],
  { uv, cache, log }: { readonly uv: string; readonly cache: string; readonly log: string },
): Promise<string> {
  const key = createHash('sha256').update(JSON.stringify(releases)).digest('hex').slice(0, 12);
  const folder = join(cache, 'sources', key);
  if (existsSync(folder)) return folder;
  const wanted = releases.map(({ component, version }) => ({
    component,
    requirement: `${distributions.get(component) ?? component}==${version}`,
  }));
  const lock = await runCommand(
    [uv, 'pip', 'compile', '--quiet', '--no-deps', '--no-header', '--format=pylock.toml', '-'],
    {
      input: wanted.map(({ requirement }) => `${requirement}\n`).join(''),
      env: { UV_PYTHON_DOWNLOADS: 'never' },
      log,
    },
  );
  await rm(`${folder}.new`, { recursive: true, force: true });
  await mkdir(`${folder}.new`, { recursive: true });
  for (const { component, requirement } of wanted) {
    await unpack(findSdist(lock, requirement), join(`${folder}.new`, component), log);
  }
  await rename(`${folder}.new`, folder);
  return folder;
}

interface Sdist {
  readonly url: string;
  readonly sha256: string;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

function findSdist(lock: string, requirement: string): Sdist {
  const [name = ''] = requirement.split('==');
  const part = lock
    .split('[[packages]]')
    .find((text) => plain(/^name = "(.+)"$/m.exec(text)?.[1] ?? '') === plain(name));
  const line = /^sdist = .*$/m.exec(part ?? '')?.[0] ?? '';
  const url = /url = "([^"]+)"/.exec(line)?.[1];
  const sha256 = /sha256 = "([0-9a-f]{64})"/.exec(line)?.[1];
  if (url === undefined || sha256 === undefined) {
    throw new Error(`${requirement} has no source distribution`);
  }
  return { url, sha256 };
}

async function unpack({ url, sha256 }: Sdist, folder: string, log: string): Promise<void> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
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
