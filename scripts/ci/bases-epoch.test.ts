import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pinnedSnapshot } from './bases.ts';

const project = join(import.meta.dirname, '../..');
const script = join(import.meta.dirname, 'bases-epoch.sh');
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pinwheel-epoch-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function epochOf(repository: string): { readonly code: number | null; readonly said: string } {
  const ran = spawnSync(script, [repository], { encoding: 'utf8' });
  return { code: ran.status, said: (ran.stdout + ran.stderr).trim() };
}

function writeBase(dockerfile: string): void {
  mkdirSync(join(folder, 'images/python-base'), { recursive: true });
  writeFileSync(join(folder, 'images/python-base/Dockerfile'), dockerfile);
}

function git(...args: readonly string[]): void {
  const env = { ...process.env, GIT_COMMITTER_DATE: '1700000000 +0000' };
  const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.org'];
  spawnSync('git', ['-C', folder, ...who, ...args], { env });
}

// The script asks GNU's date, as it is on the runners.
describe.skipIf(process.platform !== 'linux')('the time of the base images', () => {
  test('is the moment that their packages are of', () => {
    const dockerfile = readFileSync(join(project, 'images/python-base/Dockerfile'), 'utf8');
    const [, day = '', time = ''] = /^(\d{8})T(\d{6})Z$/.exec(pinnedSnapshot(dockerfile)!) ?? [];
    const iso = `${day.replace(/(..)(..)$/, '-$1-$2')}T${time.replace(/(..)(..)$/, ':$1:$2')}Z`;
    expect(epochOf(project)).toEqual({ code: 0, said: String(Date.parse(iso) / 1000) });
  });

  test('is that of their commit, where they name no moment', () => {
    writeBase('FROM scratch\nARG APT_SNAPSHOT=\n');
    git('init', '-q');
    git('add', '.');
    git('commit', '-qm', 'one');
    expect(epochOf(folder)).toEqual({ code: 0, said: '1700000000' });
  });

  test('is not guessed', () => {
    writeBase('FROM scratch\n');
    git('init', '-q');
    git('commit', '-qm', 'one', '--allow-empty');
    const { code, said } = epochOf(folder);
    expect(code).toBe(1);
    expect(said).toMatch(/names no APT_SNAPSHOT, and is in no commit$/);
  });
});
