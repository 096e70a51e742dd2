import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { makeRunner } from './demo-runner.ts';

const folder = join(import.meta.dirname, '..', '.github', 'workflows');

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly name?: string; readonly uses?: string }>>;
}

async function workflow(name: string): Promise<Workflow> {
  return parse(await readFile(join(folder, name), 'utf8')) as Workflow;
}

async function played(publish: string): Promise<readonly string[]> {
  const cells = [{ service: 'nova', series: '2025.2', version: '32.0.0', digest: 'v1:sha256:0' }];
  const inputs = { publish, cells: JSON.stringify(cells) };
  const task = { path: '', branch: 'main', sha: 'a'.repeat(40), attempt: 1, inputs };
  const jobs = await makeRunner({ seconds: 0, failures: [] })(task);
  return jobs.map(({ name }) => name);
}

it('plays the jobs that the workflows of this repository have, by their names', async () => {
  const { jobs } = await workflow('build-images.yaml');
  const first = [...(await played('false')), ...(await played('true'))].map((name) =>
    name.replace(/ .*/, ''),
  );
  expect(new Set(first)).toEqual(new Set(Object.keys(jobs)));
  for (const [caller, publish] of [
    ['try', 'false'],
    ['publish', 'true'],
  ] as const) {
    const called = await workflow(jobs[caller]?.uses?.split('/').at(-1) ?? '');
    const names = Object.values(called.jobs).flatMap(({ name = '' }) => {
      const told = name
        .replace('${{ matrix.cell.service }}', 'nova')
        .replace('${{ matrix.cell.series }}', '2025.2');
      return ['amd64', 'arm64'].map((arch) => told.replace('${{ matrix.arch }}', arch));
    });
    const ours = (await played(publish)).filter((name) => name.startsWith(`${caller} (1) / `));
    expect(new Set(ours.map((name) => name.split(' / ')[1]))).toEqual(new Set(names));
  }
});
