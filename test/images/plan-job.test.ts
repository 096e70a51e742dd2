import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const project = join(import.meta.dirname, '../..');
let folder = '';
let commit = '';

/** A clone of a copy of this images repository, as actions/checkout leaves it. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pinwheel-plan-job-'));
  for (const part of ['images', 'releases', 'patches', 'overrides', '.github/pinwheel.yml']) {
    cpSync(join(project, part), join(folder, 'origin', part), { recursive: true });
  }
  git('origin', 'init', '-q', '-b', 'main');
  git('origin', 'add', '.');
  git('origin', '-c', 'user.name=t', '-c', 'user.email=t@example.org', 'commit', '-qm', 'one');
  git('.', 'clone', '-q', 'origin', 'repository');
  commit = git('origin', 'rev-parse', 'HEAD');
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function git(where: string, ...args: readonly string[]): string {
  return spawnSync('git', args, { cwd: join(folder, where) })
    .stdout.toString()
    .trim();
}

interface Planned {
  readonly code: number | null;
  readonly said: string;
  readonly outputs: Readonly<Record<string, string>>;
}

function planJob(env: Readonly<Record<string, string>>): Planned {
  const output = join(folder, 'output');
  rmSync(output, { force: true });
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(project, 'scripts/ci/plan-job.ts'), join(folder, 'repository')],
    {
      env: {
        ...process.env,
        ...{ EVENT: 'workflow_dispatch', COMMIT: commit, DEFAULT_BRANCH: 'main', PUBLISH: 'false' },
        ...{
          CELLS: '',
          BASE: '',
          GITHUB_OUTPUT: output,
          GITHUB_REPOSITORY: 'Owner/Images',
          ...env,
        },
      },
    },
  );
  const text = status === 0 ? readFileSync(output, 'utf8') : '';
  const lines = [...text.matchAll(/^(\w+)=(.*)$/gm)];
  const outputs = Object.fromEntries(lines.map(([, name = '', value = '']) => [name, value]));
  return { code: status, said: `${stdout.toString()}${stderr.toString()}`, outputs };
}

test('a dispatch builds the cells that it names, with what the plan says of them', () => {
  const { outputs } = planJob({ CELLS: '["placement/2026.1"]', PUBLISH: 'true' });
  expect(outputs).toMatchObject({
    publish: 'true',
    branch: 'main',
    commit,
    images: 'ghcr.io/owner/images',
  });
  expect(JSON.parse(outputs['shards'] ?? '')).toMatchObject([
    { index: 0, cells: [{ service: 'placement', series: '2026.1', version: '15.0.0' }] },
  ]);
});

test('a dispatch without cells builds all of them, one with none builds nothing', () => {
  const all = JSON.parse(planJob({}).outputs['shards'] ?? '') as { cells: unknown[] }[];
  expect(all.map(({ cells }) => cells.length)).toEqual([18]);
  expect(planJob({ CELLS: '[]' }).outputs['shards']).toBe('[]');
});

test('a push plans nothing where the bot builds', () => {
  const { outputs, said } = planJob({ EVENT: 'push' });
  expect(outputs['shards']).toBe('[]');
  expect(said).toContain('builds: bot');
});

test('a commit of no maintained branch is not published', () => {
  git(
    'repository',
    '-c',
    'user.name=t',
    '-c',
    'user.email=t@example.org',
    'commit',
    '-q',
    '--allow-empty',
    '-m',
    'two',
  );
  const { code, said } = planJob({
    COMMIT: git('repository', 'rev-parse', 'HEAD'),
    PUBLISH: 'true',
  });
  expect(code).toBe(1);
  expect(said).toContain('is on no maintained branch, so it cannot be published');
});

test('a cell that does not exist ends the run', () => {
  expect(planJob({ CELLS: '["nova/1999.1"]' }).code).toBe(1);
});
