import { describe, expect, onTestFinished, test } from 'vitest';
import { startGitHub } from '../../sandbox/github/github.ts';
import { dispatchInputs } from '../../src/core/decide/build-dispatch.ts';
import { jobsByCell } from '../../src/core/decide/cell-jobs.ts';
import { correlationIn } from '../../src/core/model/build.ts';
import { readCellResult } from '../../src/core/formats/cell-result.ts';
import { hasEarlierRun } from '../../scripts/ci/earlier-run.ts';
import { cellResult } from '../../scripts/ci/result.ts';
import { buildFor, runJob } from '../support/builds.ts';
import { allSteps, workflowTexts, workflows } from './workflow-files.ts';

const cell = { service: 'nova', series: '2025.2', version: '32.1.0', digest: 'v1:sha256:0' };
const texts = new Map(workflowTexts());

/** As Actions fills in what a matrix has. */
function filledIn(text: string): string {
  return text
    .replaceAll('${{ matrix.cell.service }}', cell.service)
    .replaceAll('${{ matrix.cell.series }}', cell.series)
    .replaceAll('${{ matrix.arch }}', 'amd64');
}

/** What the bot and the workflow of this repository have to agree on. */
describe('the workflow', () => {
  test('takes the inputs that the bot gives it, and shows the correlation id in its name', () => {
    const build = buildFor(['nova/2025.2']);
    const text = texts.get('workflows/build-images.yaml') ?? '';
    const [, inputs = ''] = /workflow_dispatch:\n {4}inputs:\n([^]*?)\n {2}\S/.exec(text) ?? [];
    const names = [...inputs.matchAll(/^ {6}(\w+):$/gm)].map(([, name]) => name);
    expect(Object.keys(dispatchInputs(build, build.runs[0]!)).sort()).toEqual(names.sort());
    const [, runName = ''] = /^run-name: (.*)$/m.exec(text) ?? [];
    const correlation = build.runs[0]?.correlation ?? '';
    const shown = runName.replace(/\$\{\{ inputs\.correlation \|\| .*? \}\}/, correlation);
    expect(correlationIn(shown)).toBe(correlation);
    expect(text).toMatch(/^concurrency:\n {2}group: .*inputs\.correlation/m);
  });

  test.each([
    ['try-cells.yaml', ['try']],
    ['publish-cells.yaml', ['build', 'tag']],
  ])('names the jobs of %s so that the bot knows their image', (file, jobs) => {
    for (const job of jobs) {
      const [, text = ''] =
        new RegExp(`\\n  ${job}:\\n([^]*?\\n    name: [^\\n]*)`).exec(
          texts.get(`workflows/${file}`) ?? '',
        ) ?? [];
      const name = filledIn(/name: (.*)$/.exec(text)?.[1] ?? '');
      const found = jobsByCell([runJob(`publish (0) / ${name}`)]);
      expect([...found.keys()]).toEqual(['nova/2025.2']);
    }
  });

  test('uploads a result of each image, by a name that the bot asks for', () => {
    const names = [...workflows().values()]
      .flatMap(({ jobs }) => Object.values(jobs).flatMap(allSteps))
      .filter(({ uses }) => uses?.startsWith('actions/upload-artifact@'))
      .map((step) => filledIn(String(step.with?.['name'])));
    expect(names).toContain('result-nova-2025.2');
    expect(names).toContain('result-nova-2025.2-amd64');
  });

  test('writes results that the bot reads, with and without an image that was pushed', () => {
    for (const digest of ['', `sha256:${'e'.repeat(64)}`]) {
      const facts = { outcome: 'success', tags: ['2025.2'], sbom: '', log: '', digest };
      const text = JSON.stringify(cellResult({ ...facts, cell: JSON.stringify(cell) }));
      expect(readCellResult(text, 'nova/2025.2')).toEqual({
        ...{ version: '32.1.0', tags: ['2025.2'], packages: [] },
        ...(digest !== '' && { image: digest }),
      });
    }
  });
});

test('of two runs with one correlation id the later one builds nothing', async () => {
  const github = await startGitHub({ limits: 'none' });
  onTestFinished(() => github.stop());
  const text =
    'run-name: Build ${{ inputs.correlation }}\non:\n  workflow_dispatch:\n    inputs: { correlation: {} }\n';
  await github.addRepository({
    name: 'acme/images',
    people: { alice: 'admin' },
    files: { '.github/workflows/build-images.yaml': text },
  });
  const { token } = github.as('alice');
  const path = `${github.apiUrl}/repos/acme/images/actions/workflows/build-images.yaml/dispatches`;
  async function dispatch(correlation: string): Promise<number> {
    const body = { ref: 'main', inputs: { correlation }, return_run_details: true };
    const answer = await fetch(path, {
      ...{ method: 'POST', body: JSON.stringify(body) },
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    });
    return ((await answer.json()) as { readonly workflow_run_id: number }).workflow_run_id;
  }
  const common = { apiUrl: github.apiUrl, repository: 'acme/images', token };
  const first = await dispatch('pw-a-0');
  const other = await dispatch('pw-b-0');
  const again = await dispatch('pw-a-0');
  await github.settled();
  const asked = [
    { id: first, correlation: 'pw-a-0' },
    { id: other, correlation: 'pw-b-0' },
    { id: again, correlation: 'pw-a-0' },
    { id: again, correlation: '' },
  ].map((run) => hasEarlierRun({ ...common, ...run }));
  expect(await Promise.all(asked)).toEqual([false, false, true, false]);
});
