import { runGit } from './git.ts';
import type { LineView } from './line-view.ts';

/** What one commit made of one path. */
export interface PathChange {
  readonly commit: string;
  readonly path: string;
  /** Blob ids; missing where there is no such file. */
  readonly before?: string;
  readonly after?: string;
}

export interface PathLogRequest {
  /** As `git log` takes them: commits, `^` in front of what is left out, `--all`. */
  readonly revisions: readonly string[];
  readonly paths: readonly string[];
  /** Every state of the paths, merges too, and not only those that lead to the state at the end. */
  readonly whole?: boolean;
}

/** Commits that changed some paths, newest first, from the trees alone. */
export async function readPathLog(
  { directory, deadlineMs, without }: LineView,
  { revisions, paths, whole = false }: PathLogRequest,
): Promise<readonly PathChange[]> {
  const args = ['log', '--topo-order', '--raw', '-z', '--no-abbrev', '--no-renames'];
  const all = whole ? ['-m', '--full-history'] : [];
  const { stdout } = await runGit(
    directory,
    [...args, ...all, '--format=commit:%H', ...revisions, ...without, '--', ...paths],
    { deadlineMs },
  );
  const wanted = new Set(paths);
  return parseLog(stdout.toString('utf8')).filter(({ path }) => wanted.has(path));
}

/** Every blob that some changes name. */
export function blobsOf(changes: readonly PathChange[]): readonly string[] {
  const blobs = changes.flatMap(({ before, after }) => [before, after]);
  return [...new Set(blobs)].filter((blob) => blob !== undefined);
}

const noBlob = /^0+$/;

/** `commit:<id>`, then `:<mode> <mode> <id> <id> <letter> NUL <path> NUL` for each file. */
function parseLog(output: string): readonly PathChange[] {
  const tokens =
    /commit:([0-9a-f]{40})|:\d{6} \d{6} ([0-9a-f]{40}) ([0-9a-f]{40}) [A-Z]\0([^\0]*)\0/g;
  const changes: PathChange[] = [];
  let current = '';
  for (const [, commit, before = '', after = '', path = ''] of output.matchAll(tokens)) {
    if (commit !== undefined) current = commit;
    else {
      changes.push({
        ...{ commit: current, path },
        ...(!noBlob.test(before) && { before }),
        ...(!noBlob.test(after) && { after }),
      });
    }
  }
  return changes;
}
