import { createHash, randomUUID } from 'node:crypto';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { runGit } from '../../sandbox/git.ts';
import { makeUpstream } from '../../sandbox/upstreams.ts';
import { describeHistory } from './real-history.ts';
import type { HistoryFacts } from './real-history.ts';
import { readRefFacts } from './ref-facts.ts';
import {
  factsFromDeliverables,
  readConstraintsStates,
  readDeliverableFacts,
  readSeriesFacts,
  tagsOfDeliverable,
} from './release-facts.ts';
import { upstreamData } from './upstream-data.ts';

const project = join(import.meta.dirname, '../..');

/** Where real upstreams are kept between test runs; git ignores it. */
export const realUpstreamsCache = join(project, '.cache/real-upstreams');

/**
 * Bare repositories below one folder, `<folder>/nova` and so on, whose branches and tags have the real
 * names, dates and meta lines of the upstream data; commits are made up. `releases` and `requirements`
 * are among them. Made once for each state of the data, below `dir`; whoever uses them must not
 * write to them. Rejects when the data is not there.
 */
export async function makeRealUpstreams(dir: string): Promise<string> {
  if (upstreamData === undefined) throw new Error('../shared/upstream is not there');
  const folder = join(dir, contentHash(upstreamData));
  if (existsSync(folder)) return folder;
  // Test files run at the same time: each builds its own, the first to finish puts it in place.
  const building = `${folder}.${randomUUID()}.tmp`;
  await mkdir(building, { recursive: true });
  await build(upstreamData, building);
  await rename(building, folder).catch(async (error: unknown) => {
    await rm(building, { recursive: true });
    if (!existsSync(folder)) throw error;
  });
  return folder;
}

/** By real commit: the one that was made up for it, over all repositories. */
export async function madeUpCommits(folder: string): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(join(folder, 'commits.tsv'), 'utf8');
  const lines = text.split('\n').filter((line) => line !== '');
  return new Map(lines.map((line) => line.split('\t') as [string, string]));
}

/** Of the data, and of the programs that make repositories from it. */
function contentHash(data: string): string {
  const hash = createHash('sha256');
  const used = ['ls-remote/*', 'tag-meta/*', 'releases/**/*.yaml', 'requirements/**/*.t*'];
  const programs = ['test/support/{real,ref,release}-*.ts', 'sandbox/{fast-import,upstreams}.ts'];
  const files = [
    ...used.flatMap((pattern) => globSync(join(data, pattern))),
    ...programs.flatMap((pattern) => globSync(join(project, pattern))),
  ];
  for (const file of files.sort()) {
    hash
      .update(`${relative(data, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex').slice(0, 20);
}

async function build(data: string, folder: string): Promise<void> {
  const made = await Promise.all(
    readHistories(data).map(async (facts) => {
      const upstream = await makeUpstream(join(folder, facts.name), describeHistory(facts));
      // Hundreds of files with a ref each would make every listing slow.
      await runGit(['-C', upstream.dir, 'pack-refs', '--all']);
      return upstream.commits;
    }),
  );
  const commits = new Map(made.flatMap((one) => [...one]).filter(([real]) => real !== 'root'));
  await makeReleases(data, join(folder, 'releases'), commits);
  const lines = [...commits].map(([real, madeUp]) => `${real}\t${madeUp}\n`);
  await writeFile(join(folder, 'commits.tsv'), lines.join(''));
}

function readHistories(data: string): readonly HistoryFacts[] {
  const series = readSeriesFacts(data);
  const deliverables = readDeliverableFacts(data);
  const names = readdirSync(join(data, 'ls-remote')).map((file) => file.replace(/\.txt$/, ''));
  const listed = names.map((name) => readRefFacts(data, name));
  return [...listed, factsFromDeliverables('horizon', deliverables)].map((facts) => {
    const own = deliverables.filter(({ repository }) => repository === facts.name);
    const known = new Map(own.flatMap(tagsOfDeliverable).map((tag) => [tag.name, tag]));
    const tags = facts.tags.map((tag) =>
      tag.date === undefined ? { ...known.get(tag.name), ...tag } : tag,
    );
    const cuts = own.map(({ series: { key }, cut = '' }): [string, string] => [
      key,
      tags.find((tag) => tag.name === cut)?.commit ?? cut,
    ]);
    const states = facts.name === 'requirements' ? readConstraintsStates(data) : [];
    return { ...facts, tags, series, cuts: new Map(cuts), states };
  });
}

/** openstack/releases, with the made-up commits in place of the real ones. */
async function makeReleases(
  data: string,
  dir: string,
  commits: ReadonlyMap<string, string>,
): Promise<void> {
  const from = join(data, 'releases');
  const files = globSync('deliverables/*/*.yaml', { cwd: from }).map((path): [string, string] => {
    const text = readFileSync(join(from, path), 'utf8');
    return [path, text.replace(/\b[0-9a-f]{40}\b/g, (real) => commits.get(real) ?? real)];
  });
  const status = readFileSync(join(from, 'series_status.yaml'), 'utf8');
  await makeUpstream(dir, {
    branches: [
      {
        name: 'master',
        commits: [
          {
            message: 'The state of the upstream data\n',
            date: '2026-08-21',
            files: Object.fromEntries([...files, ['data/series_status.yaml', status]]),
          },
        ],
      },
    ],
  });
}
