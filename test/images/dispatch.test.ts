import { describe, expect, test } from 'vitest';
import { cellNames, shard } from '../../scripts/ci/plan-decisions.ts';
import type { Event } from '../../scripts/ci/plan-decisions.ts';
import { jobsByCell } from '../../src/core/decide/cell-jobs.ts';
import { dispatchInputs } from '../../src/core/decide/build-dispatch.ts';
import { correlationIn } from '../../src/core/model/build.ts';
import type { Build } from '../../src/core/model/build.ts';
import { buildFor, runJob } from '../support/builds.ts';
import { jobsOfCell } from '../support/workflow-jobs.ts';
import { workflows } from './workflow-files.ts';

const main = workflows().get('build-images.yaml')!;
const declared = main.on.workflow_dispatch.inputs;

function inputsOf(build: Build): Readonly<Record<string, string>> {
  return dispatchInputs(build, build.runs[0]!);
}

function planned(cells: string): readonly string[] | undefined {
  const event: Event = {
    ...{ name: 'workflow_dispatch', commit: '', publish: false, base: '', defaultBranch: 'main' },
    cells,
  };
  return cellNames(event);
}

describe('what the bot dispatches', () => {
  test.each([true, false])('is what the workflow takes, publish: %j', (publish) => {
    const given = inputsOf(buildFor(['nova/2025.2'], { publish }));
    expect(Object.keys(given).sort()).toEqual(Object.keys(declared).sort());
    for (const [name, { options }] of Object.entries(declared)) {
      if (options) expect(options).toContain(given[name]);
    }
  });

  test('is found again by the name of its run', () => {
    const build = buildFor(['nova/2025.2']);
    const { correlation = '' } = inputsOf(build);
    expect(main['run-name']).toContain('${{ inputs.correlation || ');
    const title = main['run-name'].replace(/\$\{\{.*?\}\}/, correlation);
    expect(correlationIn(title)).toBe(build.runs[0]?.correlation);
  });

  test('is neither cancelled nor dropped for another dispatch', () => {
    expect(main.concurrency?.group).toMatch(/inputs\.correlation \|\| .* \|\| github\.run_id/);
    expect(main.concurrency?.['cancel-in-progress']).toBe(
      "${{ github.event_name == 'pull_request' }}",
    );
  });

  test('is planned as the very cells that were asked for', () => {
    const names = ['nova/2025.2', 'keystone/2026.1'];
    expect(planned(inputsOf(buildFor(names))['cells'] ?? '')).toEqual(names);
  });

  test('may be names, of which a thousand fit into a dispatch, each into a matrix', () => {
    const names = Array.from({ length: 1000 }, (_, at) => `a-rather-long-service-name${at}/2026.1`);
    const cells = JSON.stringify(names);
    expect(cells.length).toBeLessThan(65_535 - 400);
    expect(planned(cells)).toEqual(names);
    const shards = shard(
      names.map((name) => ({ service: name, series: '', version: '', digest: '', sharedBy: [] })),
    );
    expect(shards.flatMap((one) => one.cells)).toHaveLength(1000);
  });
});

describe('a cell of the workflow', () => {
  const cell = { service: 'nova', series: '2025.2' };

  test.each([true, false])('is known to the bot by each of its jobs, publish: %j', (publish) => {
    const jobs = jobsOfCell(cell, publish);
    expect(jobs.map(({ name }) => name)).toEqual([
      ...['amd64', 'arm64'].map((arch) => `${publish ? 'publish' : 'try'} 0 / nova/2025.2 ${arch}`),
      ...(publish ? ['publish 0 / tag nova/2025.2'] : []),
    ]);
    for (const { name } of jobs)
      expect([...jobsByCell([runJob(name)]).keys()]).toEqual(['nova/2025.2']);
  });

  test.each([
    [true, ['part-nova-2025.2-amd64', 'part-nova-2025.2-arm64', 'result-nova-2025.2']],
    [false, ['result-nova-2025.2-amd64', 'result-nova-2025.2-arm64']],
  ])('leaves results by which the bot asks for them, publish: %j', (publish, names) => {
    expect(jobsOfCell(cell, publish).flatMap(({ artifacts }) => artifacts)).toEqual(names);
  });
});
