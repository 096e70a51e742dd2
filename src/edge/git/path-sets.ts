import { createHash } from 'node:crypto';
import { runGit } from './git.ts';
import { keep, readKept } from './kept-bytes.ts';
import type { Place } from './place.ts';
import type { Recent, RecentRange } from './recent.ts';

/** Which commits of a part of a history change which paths, merges aside. */
export interface PathSets {
  /** Commits that change exactly these paths, newest first. */
  commitsOf(paths: readonly string[]): readonly string[];
}

/** To be raised when something else is kept. */
const version = 1;
const [digestBytes, idBytes] = [16, 20];
const recordBytes = digestBytes + idBytes;

/**
 * Read from git once for all patches. `undefined` of a whole history: there git finds the commits of a few
 * paths sooner than the paths of all commits.
 */
export async function readPathSets(
  { directory }: Place,
  { cuts, read }: RecentRange,
  commit: string,
): Promise<PathSets | undefined> {
  if (cuts.length === 0) return undefined;
  const name = { kind: 'path-sets', key: [version, commit, cuts.toSorted()] } as const;
  const known = await readKept(directory, name);
  if (known) return pathSets(known);
  const records = await read((recent) => readRecords(recent, commit));
  await keep(directory, name, records);
  return pathSets(records);
}

function pathSets(records: Buffer): PathSets {
  return {
    commitsOf: (paths) => {
      const wanted = digestOf(paths);
      const found: string[] = [];
      for (let at = records.indexOf(wanted); at >= 0; at = records.indexOf(wanted, at + 1)) {
        if (at % recordBytes !== 0) continue;
        found.push(records.toString('hex', at + digestBytes, at + recordBytes));
      }
      return found;
    },
  };
}

/** That two sets have the same one is a chance that nobody meets; and their patch ids differ. */
function digestOf(paths: readonly string[]): Buffer {
  const text = JSON.stringify([...new Set(paths)].sort());
  return createHash('sha256').update(text).digest().subarray(0, digestBytes);
}

async function readRecords({ directory, deadlineMs }: Recent, commit: string): Promise<Buffer> {
  const args = ['log', '--no-merges', '--raw', '-z', '--no-renames', '--format=commit:%H'];
  const { stdout } = await runGit(directory, [...args, commit, '--'], { deadlineMs });
  return Buffer.concat(parseLog(stdout.toString('utf8')));
}

/** `commit:<id> NUL LF`, then `:<mode> <mode> <id> <id> <letter> NUL <path> NUL` for each file. */
function parseLog(output: string): readonly Buffer[] {
  const tokens = /commit:([0-9a-f]{40})\0\n|:\d{6} \d{6} [0-9a-f]+ [0-9a-f]+ [A-Z]\0([^\0]*)\0/g;
  const records: Buffer[] = [];
  let [current, paths]: [string | undefined, string[]] = [undefined, []];
  function end(): void {
    if (current !== undefined) records.push(digestOf(paths), Buffer.from(current, 'hex'));
    paths = [];
  }
  for (const [, commit, path = ''] of output.matchAll(tokens)) {
    if (commit === undefined) paths.push(path);
    else {
      end();
      current = commit;
    }
  }
  end();
  return records;
}
