import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NewCommit } from './fast-import.ts';
import { runGit } from './git.ts';
import { extendUpstream } from './upstreams.ts';

/** What is to be carried, and on what it is made. */
export interface Carried {
  /** A repository on disk, which stays as it is. */
  readonly repository: string;
  /** A tag or a commit in it. */
  readonly base: string;
  /** Each on the one before. */
  readonly commits: readonly NewCommit[];
  /** An empty folder to work in; what is left there is of no use to anybody. */
  readonly scratch: string;
}

/** Commits as git writes them for a queue, by file name (`0001-….patch`). */
export async function formatQueue(carried: Carried): Promise<ReadonlyMap<string, string>> {
  const { repository, base, commits, scratch } = carried;
  const copy = join(scratch, 'copy');
  await runGit(['clone', '--quiet', '--bare', repository, copy]);
  const branch = { name: 'carried', from: `${base}^0`, commits };
  await extendUpstream(copy, { branches: [branch] });
  const out = join(scratch, 'out');
  await runGit(['-C', copy, 'format-patch', '--quiet', '-o', out, `${base}..carried`]);
  const names = (await readdir(out)).sort();
  return new Map(
    await Promise.all(
      names.map(async (name) => [name, await readFile(join(out, name), 'utf8')] as const),
    ),
  );
}
