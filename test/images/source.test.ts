import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { takeSource } from '../../scripts/source.ts';

const folder = mkdtempSync(join(tmpdir(), 'pinwheel-source-'));
const trace = join(folder, 'ran');

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  for (const name of ['ovs', 'ovn']) newRepository(name);
});

function git(where: string, ...args: readonly string[]): string {
  const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.org'];
  const ran = spawnSync('git', [...who, ...args], { cwd: join(folder, where) });
  if (ran.status !== 0) throw new Error(ran.stderr.toString());
  return ran.stdout.toString().trim();
}

function newRepository(name: string): void {
  mkdirSync(join(folder, name), { recursive: true });
  git(name, 'init', '-q');
  writeFileSync(join(folder, name, 'NAME'), name);
  git(name, 'add', '.');
  git(name, 'commit', '-qm', 'one');
}

/** The commit of an ovn whose submodule, the commit of our ovs, is said to be at this URL. */
function ovnWithSubmodule(url: string): string {
  const link = `160000,${git('ovs', 'rev-parse', 'HEAD')},ovs`;
  git('ovn', 'update-index', '--add', '--cacheinfo', link);
  git('ovn', 'config', '--file=.gitmodules', 'submodule.ovs.path', 'ovs');
  git('ovn', 'config', '--file=.gitmodules', 'submodule.ovs.url', url);
  git('ovn', 'add', '.gitmodules');
  git('ovn', 'commit', '-qm', 'two');
  return git('ovn', 'rev-parse', 'HEAD');
}

interface Asked {
  readonly commit: string;
  readonly upstream?: string;
  readonly given?: readonly string[];
  readonly upstreams?: readonly string[];
}

async function take({ given = [], upstreams = [], ...asked }: Asked): Promise<string> {
  const source = { component: 'ovn', role: 'source', version: '1', patches: [], ...asked } as const;
  await takeSource(source, { given, upstreams }, join(folder, 'out'));
  return readFileSync(join(folder, 'out/ovs/NAME'), 'utf8');
}

/** Each of them has git run `touch`, where git is asked for it as it stands. */
const commands = [
  `--upload-pack=touch ${trace};`,
  `ext::sh -c touch% ${trace}`,
  `ext::touch ${trace} %S`,
  `ssh://-oProxyCommand=touch\${IFS}${trace}/x`,
];

describe('a command in place of a URL is not run', () => {
  test.each(commands)('of a submodule: %s', async (url) => {
    const commit = ovnWithSubmodule(url);
    await expect(take({ commit, upstreams: [`file://${folder}/{component}`] })).rejects.toThrow(
      /^\.gitmodules: ovs: commit [0-9a-f]{40} cannot be fetched: .*: it is not a git URL/,
    );
    expect(existsSync(trace)).toBe(false);
  });

  test.each(commands)('of an upstream: %s', async (upstream) => {
    const commit = ovnWithSubmodule('../ovs');
    await expect(take({ commit, upstream })).rejects.toThrow(/it is not a git URL/);
    expect(existsSync(trace)).toBe(false);
  });

  test('of an upstream that the caller names', async () => {
    const commit = ovnWithSubmodule('../ovs');
    await expect(take({ commit, upstreams: commands })).rejects.toThrow(/cannot be fetched/);
    expect(existsSync(trace)).toBe(false);
  });
});

describe('a folder of this machine', () => {
  test('is read where the caller named it', async () => {
    const commit = ovnWithSubmodule('ext::false');
    expect(await take({ commit, given: [folder] })).toBe('ovs');
  });

  test.each(['', 'file://'])('is not read because a commit says so: %s', async (scheme) => {
    const commit = ovnWithSubmodule(`${scheme}${folder}/ovs`);
    const wanted = { commit, upstreams: [`file://${folder}/{component}`] };
    await expect(take(wanted)).rejects.toThrow(/it is not a git URL|transport 'file' not allowed/);
    await expect(take({ commit, upstream: `${scheme}${folder}/ovn` })).rejects.toThrow(
      /it is not a git URL|transport 'file' not allowed/,
    );
  });
});

test('a submodule beside its repository is looked for there', async () => {
  const commit = ovnWithSubmodule('../ovs.git');
  await expect(
    take({
      commit,
      upstreams: [`file://${folder}/{component}`, 'https://127.0.0.1:1/openstack/{component}/'],
    }),
  ).rejects.toThrow(/https:\/\/127\.0\.0\.1:1\/openstack\/ovs\.git: /);
});
