import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runGit } from '../sandbox/git.ts';
import { readPatch } from '../src/core/formats/patch-content.ts';
import { readPatchHeader } from '../src/core/formats/patch-header.ts';
import { touchedPaths } from '../src/core/model/patch-content.ts';
import type { PatchFile, PatchQueue } from '../src/core/model/patch.ts';
import type { Snapshot, SnapshotFile } from '../src/core/model/snapshot.ts';
import type { PatchVerdict } from '../src/core/model/patch-verdict.ts';

/** A real repository, and where 2025.2 and the series around it are in it. */
export interface Repository {
  readonly name: string;
  /** First release of 2025.2; its fixes are what is carried. */
  readonly release: string;
  /** Releases and branches before it, it, and after it. */
  readonly refs: readonly string[];
}

export const nova: Repository = {
  name: 'nova',
  release: '32.0.0',
  refs: ['30.0.0', '31.0.0', '32.0.0', 'stable/2025.1', 'stable/2025.2', 'master'],
};

/** One ref for each of four series. */
export const fourSeries: readonly Repository[] = [
  { name: 'nova', release: '32.0.0', refs: ['31.0.0', '32.0.0', '33.0.0', 'master'] },
  { name: 'neutron', release: '27.0.0', refs: ['26.0.0', '27.0.0', '28.0.0', 'master'] },
  { name: 'keystone', release: '28.0.0', refs: ['27.0.0', '28.0.0', '29.0.0', 'master'] },
  { name: 'glance', release: '31.0.0', refs: ['30.0.0', '31.0.0', '32.0.0', 'master'] },
];

export const patchesInQueue = 10;

/** A ref by its full name, and the commit that it is. */
export interface Target {
  readonly ref: string;
  readonly commit: string;
}

/** Writes the first fixes that were merged on stable/2025.2 after its release, as patch files. */
export async function writeFixes(clone: string, repository: Repository, folder: string) {
  const { name, release } = repository;
  const range = ['--no-merges', '--reverse', `${release}..stable/2025.2`, '--', `${name}/`];
  const commits = lines(await runGit(['-C', clone, 'rev-list', ...range]));
  await writePatches(clone, commits.slice(0, patchesInQueue), folder);
}

export async function writePatches(clone: string, commits: readonly string[], folder: string) {
  for (const [index, commit] of commits.entries()) {
    const text = await runGit(['-C', clone, 'format-patch', '-1', '--stdout', commit]);
    await writeFile(join(folder, `${`${index + 1}`.padStart(4, '0')}-fix.patch`), text);
  }
}

/** Branches and tags as they are in a clone. */
export async function resolveTargets(
  clone: string,
  refs: readonly string[],
): Promise<readonly Target[]> {
  const targets: Target[] = [];
  for (const name of refs) {
    const isTag = /^\d/.test(name);
    const commit = lines(await runGit(['-C', clone, 'rev-parse', `${name}^{commit}`]))[0] ?? '';
    targets.push({ ref: `${isTag ? 'refs/tags' : 'refs/heads'}/${name}`, commit });
  }
  return targets;
}

/** The patch files of a folder as a queue, and as the snapshot that holds their bytes. */
export async function readQueue(folder: string, component: string) {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.patch')).sort();
  const files = new Map<string, SnapshotFile>();
  const patches: PatchFile[] = [];
  const contents = await Promise.all(
    names.map(async (name) => [name, await readFile(join(folder, name))] as const),
  );
  for (const [name, bytes] of contents) {
    const path = `patches/${component}/2025.2/${name}`;
    files.set(path, { mode: 'file', bytes });
    const content = readPatch(bytes, path);
    patches.push({ path, name, sha256: '', header: readPatchHeader(bytes.toString()), content });
  }
  const queue: PatchQueue = { component, series: '2025.2', patches };
  return { queue, snapshot: { files } satisfies Snapshot, paths: pathsOf(queue) };
}

function pathsOf({ patches }: PatchQueue): readonly string[] {
  return [...new Set(patches.flatMap(({ content }) => touchedPaths(content.value)))].sort();
}

/** What became of a queue on one ref: a word for each patch, and the blobs that the paths ended with. */
export interface Outcome {
  readonly ref: string;
  readonly words: readonly PatchVerdict['verdict'][];
  /** By path; a path where nothing stands has none. */
  readonly blobs: Readonly<Record<string, string>>;
}

export function lines(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}
