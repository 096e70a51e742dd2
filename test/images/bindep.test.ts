import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const project = join(import.meta.dirname, '../..');
const rule = join(project, 'images/venv-builder/bin/check-bindep');
const folder = mkdtempSync(join(tmpdir(), 'pinwheel-bindep-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function said(text: string): string {
  writeFileSync(join(folder, 'bindep.txt'), text);
  const ran = spawnSync(rule, ['bindep.txt'], { cwd: folder, encoding: 'utf8' });
  expect(ran.status).toBe(ran.stderr === '' ? 0 : 1);
  return ran.stderr;
}

test.each([
  'a [build]',
  'a [runtime] # [x]',
  'a[runtime]',
  'a [platform:dpkg runtime]\r',
  'a [build runtime] >=1',
  'a [(platform:dpkg build) x]',
  '  # a',
  '',
])('a package is for the build or the image: %j', (line) => {
  expect(said(`${line}\n`)).toBe('');
});

test.each([
  'a',
  'a [runtimes]',
  'a [rebuild]',
  'a [x-build]',
  'a [!build]',
  'a build',
  'a [x] # [build]',
])('a package that nobody would install is told: %j', (line) => {
  const text = line.replace(/ #.*/, '');
  expect(said(`# one\n${line}\n`)).toBe(
    `bindep.txt:2: ${text}: give it the profile build or runtime\n`,
  );
});

test('every image of this repository keeps to it', () => {
  for (const image of readdirSync(join(project, 'images'))) {
    const path = `images/${image}/bindep.txt`;
    if (!existsSync(join(project, path))) continue;
    expect(spawnSync(rule, [path], { cwd: project, encoding: 'utf8' }).stderr).toBe('');
  }
});
