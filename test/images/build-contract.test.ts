import { describe, expect, onTestFinished, test } from 'vitest';
import { startGitHub } from '../../sandbox/github/github.ts';
import { readCellResult } from '../../src/core/formats/cell-result.ts';
import { hasEarlierRun } from '../../scripts/ci/earlier-run.ts';
import { cellResult } from '../../scripts/ci/result.ts';

const cell = { service: 'nova', series: '2025.2', version: '32.1.0', digest: 'v1:sha256:0' };
/** What the bot and the workflow of this repository have to agree on. */
describe('the workflow', () => {
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
