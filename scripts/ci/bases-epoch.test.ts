import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const script = join(import.meta.dirname, 'bases-epoch.sh');
let folder = '';

beforeEach(() => {
  seconds = 1_699_999_999;
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

let seconds = 1_699_999_999;
function git(...args: readonly string[]): void {
  if (args.includes('commit')) seconds += 1;
  const env = { ...process.env, GIT_COMMITTER_DATE: `${seconds} +0000` };
  const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.org'];
  spawnSync('git', ['-C', folder, ...who, ...args], { env });
}

describe('the time of the base images', () => {
  test('is that of the last commit that changed them', () => {
    writeBase('FROM scratch\n');
    git('init', '-q');
    git('add', '.');
    git('commit', '-qm', 'one');
    expect(epochOf(folder)).toEqual({ code: 0, said: '1700000000' });
    writeFileSync(join(folder, 'README.md'), 'else\n');
    git('add', '.');
    git('commit', '-qm', 'two');
    expect(epochOf(folder)).toEqual({ code: 0, said: '1700000000' });
  });

  test('is not guessed', () => {
    git('init', '-q');
    git('commit', '-qm', 'one', '--allow-empty');
    const { code, said } = epochOf(folder);
    expect(code).toBe(1);
    expect(said).toMatch(/no commit has images\/python-base$/);
  });
});
