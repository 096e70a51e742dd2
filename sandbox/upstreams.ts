import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeImportStream } from './fast-import.ts';
import type { UpstreamDescription } from './fast-import.ts';
import { runGit } from './git.ts';

/** A bare repository on disk. */
export interface Upstream {
  readonly dir: string;
  /** Ids of the labelled commits of the description. */
  readonly commits: ReadonlyMap<string, string>;
}

const config = `[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = true
[uploadpack]
\tallowFilter = true
\tallowAnySHA1InWant = true
`;

/**
 * Makes a bare repository that holds exactly what the description says. One that is there already is
 * brought to it: objects that it has are not written again, refs that are not named go away. Ids
 * follow from the description alone.
 */
export async function makeUpstream(
  dir: string,
  description: UpstreamDescription,
): Promise<Upstream> {
  if (!existsSync(join(dir, 'HEAD'))) {
    const first = description.branches?.[0]?.name ?? 'master';
    await makeEmptyRepository(dir, description.defaultBranch ?? first);
    return importInto(dir, description, new Set());
  }
  const wanted = new Set([
    ...(description.branches ?? []).map((branch) => `refs/heads/${branch.name}`),
    ...(description.tags ?? []).map((tag) => `refs/tags/${tag.name}`),
  ]);
  const gone = [...(await readRefs(dir)).keys()].filter((ref) => !wanted.has(ref));
  const deletedRefs = [...(description.deletedRefs ?? []), ...gone];
  return importInto(dir, { ...description, deletedRefs }, new Set());
}

/** Adds what the description says to a repository, on top of the branches that are there. */
export async function extendUpstream(
  dir: string,
  description: UpstreamDescription,
): Promise<Upstream> {
  const refs = [...(await readRefs(dir)).keys()];
  const heads = refs.filter((ref) => ref.startsWith('refs/heads/'));
  return importInto(dir, description, new Set(heads.map((ref) => ref.slice('refs/heads/'.length))));
}

/** Every ref by its full name, with the id that it holds. */
export async function readRefs(dir: string): Promise<ReadonlyMap<string, string>> {
  const text = await runGit(['-C', dir, 'for-each-ref', '--format=%(refname) %(objectname)']);
  const lines = text.split('\n').filter((line) => line !== '');
  return new Map(lines.map((line) => line.split(' ') as [string, string]));
}

/** What `git init --bare` makes, less its hooks and one process. */
async function makeEmptyRepository(dir: string, branch: string): Promise<void> {
  await Promise.all(
    ['objects/pack', 'refs/heads', 'refs/tags'].map((folder) =>
      mkdir(join(dir, folder), { recursive: true }),
    ),
  );
  await writeFile(join(dir, 'config'), config);
  await writeFile(join(dir, 'HEAD'), `ref: refs/heads/${branch}\n`);
}

async function importInto(
  dir: string,
  description: UpstreamDescription,
  heads: ReadonlySet<string>,
): Promise<Upstream> {
  const { bytes, labels } = writeImportStream(description, heads);
  // unpackLimit 1: one pack rather than a file for each object.
  const fastImport = ['-c', 'fastimport.unpackLimit=1', 'fast-import', '--quiet', '--force'];
  const printed = await runGit(['-C', dir, ...fastImport, '--done'], bytes);
  const ids = printed.split('\n');
  return { dir, commits: new Map(labels.map((label, index) => [label, ids[index] ?? ''])) };
}
