/**
 * retire-images.ts REPOSITORY: takes away what .github/retention.yml does not keep and nothing refers to, of the
 * image of each folder in images/. With DRY_RUN=true it says what that would be.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openPackages } from './container-packages.ts';
import type { Packages } from './container-packages.ts';
import { manifestChildren } from './registry-manifests.ts';
import { expired } from './retention.ts';
import type { Keep } from './retention.ts';
import { readRetention } from './small-files.ts';

const [repo = '.'] = process.argv.slice(2);
const { GITHUB_REPOSITORY: repository = '', GH_TOKEN: token = '' } = process.env;
const apiUrl = process.env['GITHUB_API_URL'] ?? 'https://api.github.com';
const registry = process.env['REGISTRY'] ?? 'ghcr.io';
const isDryRun = process.env['DRY_RUN'] === 'true';

async function retire(packages: Packages, image: string, keep: Keep): Promise<number> {
  const stored = await packages.list(image);
  if (stored === undefined) return 0;
  const reference = `${registry}/${repository.toLowerCase()}/${image}`;
  const gone = await expired(stored, keep, manifestChildren(reference));
  console.log(`${image}: ${stored.length} versions, ${gone.length} of them go`);
  let failed = 0;
  for (const { id, digest, tags } of gone) {
    const line = `  ${digest.slice(0, 19)} ${tags.join(' ')}`.trimEnd();
    try {
      if (!isDryRun) await packages.remove(image, id);
      console.log(line);
    } catch (error) {
      // GitHub keeps the last of a package, and what many have pulled; the others can go all the same.
      failed += 1;
      console.error(`${line}: stays: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return failed;
}

const { days, ...policy } = await readRetention(join(repo, '.github/retention.yml'));
const packages = await openPackages({ apiUrl, token, repository });
const series = await packages.series();
if (series.length === 0) throw new Error('no branch has a series: nothing is taken away');
const before = new Date(Date.now() - days * 24 * 60 * 60 * 1000).toISOString();
let failed = 0;
for (const image of await readdir(join(repo, 'images'))) {
  // What a build pushed by digest, or found there already, may be about to get a name.
  if ((await packages.unfinishedBuilds()) > 0) {
    console.log('images are being built: what is left is for the next time');
    break;
  }
  failed += await retire(packages, image, { ...policy, series, before });
}
process.exitCode = failed > 0 ? 1 : 0;
