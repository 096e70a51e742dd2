/**
 * plan-job.ts REPOSITORY: what this run of the workflow builds, from its event in the environment, as
 * the outputs of a step. Which cells those are is for `pinwheel plan` to say, here as everywhere.
 */
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { runCommand, tryCommand } from '../command.ts';
import { pinwheel } from '../recipe.ts';
import { hasEarlierRun } from './earlier-run.ts';
import { aptSnapshot, cellNames, changedSince, decidePublish, shard } from './plan-decisions.ts';
import type { Event, PlanCell } from './plan-decisions.ts';

const [repo = '.'] = process.argv.slice(2);
const event: Event = {
  name: process.env['EVENT'] ?? '',
  commit: process.env['COMMIT'] ?? '',
  publish: process.env['PUBLISH'] === 'true',
  cells: process.env['CELLS'] ?? '',
  base: process.env['BASE'] ?? '',
  defaultBranch: process.env['DEFAULT_BRANCH'] ?? 'main',
};

async function git(...args: readonly string[]): Promise<string> {
  return runCommand(['git', '-C', repo, ...args]);
}

/** Where it is the bot that builds, nothing is built twice. */
async function botBuilds(): Promise<boolean> {
  const text = await readFile(join(repo, '.github/pinwheel.yml'), 'utf8').catch(() => '');
  const policy = parse(text) as { builds?: string } | null;
  return policy?.builds !== 'workflow';
}

async function branchesWithCommit(): Promise<readonly string[]> {
  const names = await git(
    'branch',
    '--remotes',
    '--contains',
    event.commit,
    '--format=%(refname:lstrip=3)',
  );
  return names.split('\n').filter((name) => name !== '' && name !== 'HEAD');
}

/** Without a token there is nobody to ask: the first step of the workflow has one. */
async function isDuplicate(): Promise<boolean> {
  const { GH_TOKEN: token = '', CORRELATION: correlation = '' } = process.env;
  if (token === '') return false;
  return hasEarlierRun({
    ...{ token, correlation, id: Number(process.env['GITHUB_RUN_ID']) },
    apiUrl: process.env['GITHUB_API_URL'] ?? 'https://api.github.com',
    repository: process.env['GITHUB_REPOSITORY'] ?? '',
  });
}

async function plannedCells(): Promise<readonly PlanCell[]> {
  if (await isDuplicate()) {
    console.log('an earlier run has this correlation id: it is the one that builds');
    return [];
  }
  if (event.name !== 'workflow_dispatch' && (await botBuilds())) {
    console.log('the policy says `builds: bot`: nothing to do for this event');
    return [];
  }
  const asked = cellNames(event);
  const base = changedSince(event);
  const known =
    base !== undefined &&
    (await tryCommand(['git', '-C', repo, 'cat-file', '-e', base])).code === 0;
  const words =
    asked !== undefined
      ? asked.flatMap((name) => ['--cell', name])
      : known
        ? ['--base', base, '--head', event.commit]
        : ['--all'];
  if (words.length === 0) return [];
  return (JSON.parse(await pinwheel(repo, '--json', 'plan', ...words)) as { cells: PlanCell[] })
    .cells;
}

if (!/^[0-9a-f]{40}$/.test(event.commit)) {
  console.error(`plan: ${event.commit.slice(0, 60)} is no commit: give all 40 digits`);
  process.exit(1);
}
const publish = decidePublish(event, await branchesWithCommit());
if (publish.refused !== undefined) {
  console.error(`plan: ${publish.refused}`);
  process.exit(1);
}
const cells = await plannedCells();
for (const { service, series, reason } of cells)
  console.log(`${service}/${series}: ${reason ?? ''}`);
console.log(`${cells.length} cells; publish: ${publish.publish}`);
const outputs = {
  publish: String(publish.publish),
  branch: publish.branch ?? '',
  commit: event.commit,
  // A registry takes no capitals, and the name of an owner may have them.
  images: `ghcr.io/${(process.env['GITHUB_REPOSITORY'] ?? '').toLowerCase()}`,
  shards: JSON.stringify(shard(cells)),
  snapshot: aptSnapshot(process.env['APT_SNAPSHOT'] ?? '', new Date()),
};
const lines = Object.entries(outputs).map(([name, value]) => `${name}=${value}\n`);
await appendFile(process.env['GITHUB_OUTPUT'] ?? '/dev/stdout', lines.join(''));
