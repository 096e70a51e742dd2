/** judge-scan.ts SCAN ALLOWANCES SERVICE: ends with 1 where grype found what must not be published. */
import { readFile } from 'node:fs/promises';
import { readAllowances } from './small-files.ts';
import { judgeScan } from './vulnerabilities.ts';
import type { Match } from './vulnerabilities.ts';

const [scan = '', allowances = '', service = ''] = process.argv.slice(2);
const { matches } = JSON.parse(await readFile(scan, 'utf8')) as { matches: Match[] };
const today = new Date().toISOString().slice(0, 10);
const { refused, allowed } = judgeScan(matches, await readAllowances(allowances), {
  service,
  today,
});
for (const line of allowed) console.log(`allowed: ${line}`);
for (const line of refused) console.error(`refused: ${line}`);
process.exitCode = refused.length > 0 ? 1 : 0;
