/**
 * Writes `sandbox/github/contract/openapi-subset.json.gz` anew from the npm package @octokit/openapi,
 * which is far too large to depend on. To be run when an endpoint is added:
 * `node tools/write-openapi-subset.ts`.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { operations, webhooks } from '../sandbox/github/contract/operations.ts';
import { makeSubset } from '../sandbox/github/contract/subset.ts';
import type { JsonObject } from '../sandbox/github/contract/subset.ts';

const source = '@octokit/openapi@23.0.2';
const target = join(import.meta.dirname, '../sandbox/github/contract/openapi-subset.json.gz');

const folder = await mkdtemp(join(tmpdir(), 'pinwheel-openapi-'));
try {
  execFileSync('npm', ['pack', '--silent', source], { cwd: folder, stdio: 'inherit' });
  const files = ['package/generated/api.github.com.json', 'package/LICENSE'];
  const archive = `octokit-openapi-${source.split('@').at(-1) ?? ''}.tgz`;
  execFileSync('tar', ['-xzf', archive, ...files], { cwd: folder });
  const [whole = '', license = ''] = await Promise.all(
    files.map((file) => readFile(join(folder, file), 'utf8')),
  );
  const subset = makeSubset(JSON.parse(whole) as JsonObject, { operations, webhooks });
  const text = JSON.stringify({ license, source, ...subset });
  const packed = gzipSync(text, { level: 9 });
  await writeFile(target, packed);
  console.log(
    `${operations.length} operations, ${webhooks.length} webhooks: ${packed.length} bytes`,
  );
} finally {
  await rm(folder, { recursive: true });
}
