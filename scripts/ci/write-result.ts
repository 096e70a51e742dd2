/**
 * write-result.ts FILE: what became of a cell (docs/design.md, result file), from the environment: CELL,
 * OUTCOME, and where there are any DIGEST, TAGS (one a line), SBOM and LOG.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cellResult } from './result.ts';

const [file = 'result.json'] = process.argv.slice(2);
const { CELL, OUTCOME = 'failure', DIGEST, TAGS = '', SBOM, RUNNER_TEMP = '/tmp' } = process.env;
async function read(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
const result = cellResult({
  cell: CELL ?? '{}',
  outcome: OUTCOME,
  digest: DIGEST ?? '',
  tags: TAGS.split('\n').filter((tag) => tag !== ''),
  sbom: SBOM === undefined ? '' : await read(SBOM),
  log: await read(join(RUNNER_TEMP, 'build.log')),
});
await writeFile(file, `${JSON.stringify(result, null, 2)}\n`);
