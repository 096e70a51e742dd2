/**
 * gate-cell.ts PARTS ARCH…: lets a cell through to its tags only where each platform was built, pushed,
 * verified and scanned; their digests are outputs of the step, together and by platform.
 */
import { appendFile, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CellResult } from './result.ts';

const [folder = 'parts', ...platforms] = process.argv.slice(2);
const digests: string[] = [];
for (const arch of platforms) {
  const name = (await readdir(folder).catch(() => [])).find((one) => one.endsWith(`-${arch}`));
  const text =
    name === undefined
      ? ''
      : await readFile(join(folder, name, 'result.json'), 'utf8').catch(() => '');
  const result = text === '' ? undefined : (JSON.parse(text) as CellResult);
  if (!result || result.failed || !/^sha256:[0-9a-f]{64}$/.test(result.image)) {
    console.error(`gate: ${arch}: ${result?.failed?.line ?? 'no image came of it'}`);
    process.exit(1);
  }
  digests.push(result.image);
}
const outputs = [
  `digests=${digests.join(' ')}`,
  ...platforms.map((arch, at) => `${arch}=${digests[at] ?? ''}`),
];
await appendFile(process.env['GITHUB_OUTPUT'] ?? '/dev/stdout', `${outputs.join('\n')}\n`);
