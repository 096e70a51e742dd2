/**
 * write-result.ts FILE: what became of a cell (docs/design.md, result file), from the environment: CELL,
 * OUTCOME, and where there are any DIGEST, TAGS (one a line), SBOM, and PARTS: the folder with what became
 * of each platform, in place of the log of a build.
 */
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cellResult } from './result.ts';
import type { CellResult } from './result.ts';

const [file = 'result.json'] = process.argv.slice(2);
const {
  CELL,
  OUTCOME = 'failure',
  DIGEST,
  TAGS = '',
  SBOM,
  PARTS,
  RUNNER_TEMP = '/tmp',
} = process.env;
async function read(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
async function readParts(folder: string): Promise<readonly CellResult[]> {
  const names = await readdir(folder).catch(() => []);
  const texts = await Promise.all(
    names.map(async (name) => read(join(folder, name, 'result.json'))),
  );
  return texts.filter((text) => text !== '').map((text) => JSON.parse(text) as CellResult);
}
const result = cellResult({
  cell: CELL ?? '{}',
  outcome: OUTCOME,
  digest: DIGEST ?? '',
  tags: TAGS.split('\n').filter((tag) => tag !== ''),
  sbom: SBOM === undefined ? '' : await read(SBOM),
  log: await read(join(RUNNER_TEMP, 'build.log')),
  ...(PARTS !== undefined && { parts: await readParts(PARTS) }),
});
await writeFile(file, `${JSON.stringify(result, null, 2)}\n`);
