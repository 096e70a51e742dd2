import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildArguments } from '../../scripts/buildx.ts';
import { prepare } from '../../scripts/prepare.ts';
import type { Prepared } from '../../scripts/prepare.ts';

const project = join(import.meta.dirname, '../..');
const series = '2026.1';
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pinwheel-prepare-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A copy of this images repository, and sources beside it that have just enough. */
beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  for (const part of ['images', 'releases', 'patches', 'overrides']) {
    cpSync(join(project, part), join(folder, 'repo', part), { recursive: true });
  }
  write(
    'sources/keystone/setup.cfg',
    '[metadata]\nname = keystone\n[extras]\nldap =\n  ldappool\n',
  );
  write('sources/keystone/keystone/__init__.py', '');
  write('sources/oslo.messaging/oslo_messaging/__init__.py', '');
});

function write(path: string, text: string): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
}

async function prepared(service = 'keystone'): Promise<Prepared> {
  const cell = { repo: join(folder, 'repo'), service, series };
  const origin = {
    given: [join(folder, 'sources')],
    upstreams: [`file://${folder}/none/{component}`],
  };
  return prepare(cell, origin, join(folder, 'work'));
}

describe('contexts of a cell', () => {
  test('hold patched sources with their versions, constraints and what was patched', async () => {
    const { recipe, contexts } = await prepared();
    expect(existsSync(join(contexts.get('source')!, 'keystone/cmd/key_probe.py'))).toBe(true);
    const library = join(contexts.get('libraries')!, 'oslo.messaging');
    expect(existsSync(join(library, 'source/oslo_messaging/broker_probe.py'))).toBe(true);
    expect(readFileSync(join(library, 'VERSION'), 'utf8')).toBe('17.3.0\n');
    expect(readdirSync(contexts.get('sources')!)).toEqual([]);
    const constraints = readFileSync(
      join(contexts.get('constraints')!, 'upper-constraints.txt'),
      'utf8',
    );
    expect(constraints).toMatch(/^uwsgi===/m);
    expect(readFileSync(join(folder, 'work/patched.txt'), 'utf8')).toMatch(
      /^[0-9a-f]{64}  keystone\/cmd\/key_probe\.py$/m,
    );
    const words = buildArguments(join(folder, 'repo'), { recipe, contexts, epoch: 1 });
    expect(words).toContain(`PBR_VERSION=${recipe.args['PBR_VERSION'] ?? ''}`);
    expect(words).toContain('PIP_EXTRAS=ldap');
    expect(words).toContain(`source=${contexts.get('source') ?? ''}`);
  });

  test('are made from the commit of a clone, its submodules among them and no history', async () => {
    function git(where: string, ...args: readonly string[]): string {
      const ran = spawnSync('git', ['-c', 'protocol.file.allow=always', ...args], {
        cwd: join(folder, where),
      });
      return ran.stdout.toString().trim();
    }
    rmSync(join(folder, 'sources/keystone'), { recursive: true });
    write('sources/inner/file.txt', 'inner');
    write('sources/keystone/setup.cfg', '[extras]\nldap =\n  x\n');
    for (const name of ['inner', 'keystone']) {
      for (const words of [
        'init -q',
        'config user.name t',
        'config user.email t@example.org',
        'add .',
        'commit -qm one',
      ]) {
        git(`sources/${name}`, ...words.split(' '));
      }
    }
    git('sources/keystone', 'submodule', '--quiet', 'add', `${folder}/sources/inner`, 'inner');
    git('sources/keystone', 'commit', '-qm', 'two');
    const lock = join(folder, `repo/releases/${series}/source-refs.lock.yaml`);
    const commit = git('sources/keystone', 'rev-parse', 'HEAD');
    const text = readFileSync(lock, 'utf8');
    const pinned = /"keystone":\n.*\n {4}commit: "([0-9a-f]{40})"/.exec(text)?.[1] ?? '';
    writeFileSync(lock, text.replace(pinned, commit));
    const { contexts, epoch } = await prepared();
    const source = contexts.get('source')!;
    expect(readFileSync(join(source, 'inner/file.txt'), 'utf8')).toBe('inner');
    expect(
      readdirSync(source, { recursive: true }).filter((path) => String(path).endsWith('.git')),
    ).toEqual([]);
    expect(epoch).toBe(Number(git('sources/keystone', 'log', '-1', '--format=%ct')));
  });
});

describe('before the first layer a build stops at', () => {
  test('a patch that does not apply', async () => {
    const name = 'repo/patches/keystone/2026.1/0002-Change-what-is-not-there.patch';
    write(
      name,
      'From: A <a@example.org>\nSubject: [PATCH] Change\n\n---\ndiff --git a/keystone/gone.py b/keystone/gone.py\nindex e69de29..d00491f 100644\n--- a/keystone/gone.py\n+++ b/keystone/gone.py\n@@ -1 +1 @@\n-0\n+1\n',
    );
    await expect(prepared()).rejects.toThrow(/0002-Change-what-is-not-there\.patch/);
  });

  test('a source that has the patch already', async () => {
    cpSync(join(folder, 'sources/keystone'), join(folder, 'sources/twice'), { recursive: true });
    await prepared();
    cpSync(join(folder, 'work/source'), join(folder, 'sources/keystone'), { recursive: true });
    await expect(prepared()).rejects.toThrow(
      /0001-Add-a-probe-for-the-Fernet-key-repositories\.patch/,
    );
  });

  test('an override that removes what is not there', async () => {
    appendFileSync(join(folder, `repo/overrides/${series}/constraints.txt`), '-no-such-package\n');
    await expect(prepared()).rejects.toThrow(/overrides\/2026\.1\/constraints\.txt/);
  });

  test('an extra that the source does not have', async () => {
    write('sources/keystone/setup.cfg', '[metadata]\nname = keystone\n');
    await expect(prepared()).rejects.toThrow(
      'releases/2026.1/extra-packages.yaml: keystone: its source has no extra ldap',
    );
  });

  test('a profile of bindep that nobody asks for', async () => {
    appendFileSync(join(folder, 'repo/images/keystone/bindep.txt'), 'libxml2 [runtme]\n');
    await expect(prepared()).rejects.toThrow(
      /images\/keystone\/bindep\.txt:\d+: libxml2 \[runtme\]: give it the profile/,
    );
  });

  test('a commit that nobody has', async () => {
    rmSync(join(folder, 'sources/keystone'), { recursive: true });
    await expect(prepared()).rejects.toThrow(
      /^releases\/2026\.1\/source-refs\.yaml:3: keystone: commit [0-9a-f]{40} cannot be fetched: file:/,
    );
  });

  test('a ref that its upstream does not have', async () => {
    const refs = join(folder, `repo/releases/${series}/source-refs.yaml`);
    writeFileSync(refs, readFileSync(refs, 'utf8').replace('"29.0.2"', '"29.0.99"'));
    spawnSync('git', ['init', '-q', join(folder, 'upstream')]);
    write(
      'repo/.github/pinwheel.yml',
      `components:\n  keystone: { upstream: 'file://${folder}/upstream' }\n`,
    );
    await expect(prepared()).rejects.toThrow(
      /releases\/2026\.1\/source-refs\.yaml:3: keystone 29\.0\.99: /,
    );
  });

  test('a service that the series does not pin', async () => {
    await expect(prepared('ovs')).rejects.toThrow('there is no cell ovs/2026.1');
  });

  test('and a source inside this repository, without its own .git, is patched all the same', async () => {
    spawnSync('git', ['init', '-q'], { cwd: folder });
    const { contexts } = await prepared();
    expect(existsSync(join(contexts.get('source')!, 'keystone/cmd/key_probe.py'))).toBe(true);
  });
});
