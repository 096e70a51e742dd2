import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sourceRefsPath } from '../src/core/model/catalog.ts';
import { series } from './data.ts';
import { expectCode, measureProcess, node, project } from './process.ts';
import type { Measured } from './process.ts';
import { progress } from './report.ts';

/** An exact version: a peer that changes between two runs is no measure. */
export const renovateVersion = '44.121.2';

const folder = join(project, '.cache/bench/renovate');
const program = join(folder, 'node_modules/renovate/dist/renovate.js');

/** Installs Renovate where git ignores it, once. The reason, where that fails. */
export async function installRenovate(): Promise<{ readonly problem?: string }> {
  if (await isInstalled()) return {};
  progress(`update: installing renovate ${renovateVersion}, about 360 MB, in .cache/bench`);
  await mkdir(folder, { recursive: true });
  const manifest = { private: true, dependencies: { renovate: renovateVersion } };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  // No scripts: it says then that it goes on with RegExp in place of RE2.
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const result = spawnSync('npm', args, { cwd: folder, env: nodeFirst(), encoding: 'utf8' });
  if (result.status === 0 && (await isInstalled())) return {};
  const said = (result.error?.message ?? result.stderr).trim().split('\n')[0] ?? '';
  return { problem: `renovate ${renovateVersion} could not be installed: ${said}` };
}

/** The look-up that a repository's own renovate.json describes; nothing is written to the repository. */
export async function lookUp(repository: string, cache: string, more = {}): Promise<Measured> {
  const env = {
    ...quietEnvironment(cache),
    ...more,
    RENOVATE_PLATFORM: 'local',
    RENOVATE_DRY_RUN: 'lookup',
    RENOVATE_CACHE_DIR: join(cache, 'cache'),
    RENOVATE_BASE_DIR: join(cache, 'base'),
    RENOVATE_USE_CLOUD_METADATA_SERVICES: 'false',
    RENOVATE_DETECT_HOST_RULES_FROM_ENV: 'false',
  };
  return expectCode(await measureProcess([node, program], { cwd: repository, env }), 0);
}

/** How many dependencies a look-up finds, by Renovate's own report. */
export async function countLookedUp(repository: string, cache: string): Promise<number> {
  const path = join(cache, 'report.json');
  await lookUp(repository, cache, { RENOVATE_REPORT_TYPE: 'file', RENOVATE_REPORT_PATH: path });
  return (await readFile(path, 'utf8')).split('"currentVersion"').length - 1;
}

/** What makes Renovate read source-refs.yaml and ask the upstreams at `url`. */
export function renovateConfig(url: string): string {
  return JSON.stringify({
    enabledManagers: ['custom.regex'],
    customManagers: [
      {
        customType: 'regex',
        managerFilePatterns: [sourceRefsPath(series)],
        matchStrings: ['(?<depName>[\\w.-]+): +"(?<currentValue>[^"]+)"'],
        packageNameTemplate: `${url}/{{{depName}}}`,
        datasourceTemplate: 'git-tags',
        versioningTemplate: 'pep440',
      },
    ],
  });
}

async function isInstalled(): Promise<boolean> {
  if (!existsSync(program)) return false;
  const manifest = join(folder, 'node_modules/renovate/package.json');
  const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version: string };
  return version === renovateVersion;
}

/** Nothing of this machine's configuration, and no way out but loopback. */
export function quietEnvironment(home: string): NodeJS.ProcessEnv {
  const nowhere = 'http://127.0.0.1:9';
  const here = '127.0.0.1,localhost';
  return {
    PATH: nodeFirst()['PATH'],
    HOME: home,
    LC_ALL: 'C',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    ...{ HTTP_PROXY: nowhere, HTTPS_PROXY: nowhere, NO_PROXY: here },
    ...{ http_proxy: nowhere, https_proxy: nowhere, no_proxy: here },
  };
}

function nodeFirst(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${dirname(node)}:${process.env['PATH'] ?? ''}` };
}
