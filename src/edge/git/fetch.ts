import { remoteName } from './environment.ts';
import { GitFailure } from './failure.ts';
import { runGit } from './git.ts';
import type { Remote } from './remote.ts';
import { keepPacks } from './store.ts';

/** What to leave out of a fetch; the rest can be asked for later, by id. */
type Filter = 'blob:none' | 'tree:0' | 'none';

export interface FetchJob {
  /** The scratch repository to fetch into. */
  readonly directory: string;
  readonly remote: Remote;
  readonly deadlineMs: number;
  /** Refspecs or object ids. */
  readonly wants: readonly string[];
  readonly filter: Filter;
  /** Only the commits that were asked for, not their history. */
  readonly shallow?: boolean;
  /** How many commits deep a shallow fetch goes. Default: 1. */
  readonly depth?: number;
  /** Tags whose history is not wanted. */
  readonly notIn?: readonly string[];
  /** Take what is here already too: for when it is here in part. */
  readonly again?: boolean;
  /** Remove refs that the refspecs cover and the server no longer has. */
  readonly prune?: boolean;
}

/** A server may know filters and still refuse one; each of these asks for more than the one before it. */
const wider: Readonly<Record<Filter, Filter | undefined>> = {
  'tree:0': 'blob:none',
  'blob:none': 'none',
  none: undefined,
};

/** One fetch. A server that has never heard of filters sends everything, which is as good. */
export async function fetchObjects(job: FetchJob): Promise<void> {
  try {
    await fetchOnce(job);
  } catch (error) {
    const next = wider[job.filter];
    if (next === undefined || !refusesFilter(error)) throw error;
    await fetchObjects({ ...job, filter: next });
  }
}

async function fetchOnce(job: FetchJob): Promise<void> {
  const { directory, remote, deadlineMs, wants, filter } = job;
  const args = [
    'fetch',
    // Words on stderr: simple-git waits 50 ms for more where there were none.
    '--progress',
    '--no-tags',
    '--no-write-fetch-head',
    '--no-recurse-submodules',
    ...(job.shallow === true ? [`--depth=${job.depth ?? 1}`] : []),
    ...(job.notIn ?? []).map((tag) => `--shallow-exclude=refs/tags/${tag}`),
    ...(job.again === true ? ['--refetch'] : []),
    ...(job.prune === true ? ['--prune'] : []),
    filter === 'none' ? '--no-filter' : `--filter=${filter}`,
    '--stdin',
    remoteName,
  ];
  await runGit(directory, args, {
    remote,
    deadlineMs,
    input: wants.map((want) => `${want}\n`).join(''),
    config: {
      // In no file, so that only a fetch knows that objects may be missing on purpose. To all other
      // commands they are simply not here, and git does not fetch them one by one.
      [`remote.${remoteName}.promisor`]: 'true',
      [`remote.${remoteName}.partialCloneFilter`]: 'blob:none',
      // A pack however little it is: loose objects would have to be moved one by one.
      'fetch.unpackLimit': '1',
    },
  });
  await keepPacks(directory);
}

function refusesFilter(error: unknown): boolean {
  return complaintOf(error).some((line) => /filter.* not (?:supported|allowed)/i.test(line));
}

/** The server gives refs only, no ids (protocol 0, or its policy); a ref that contains the commit may do. */
export function refusesIds(error: unknown): boolean {
  return complaintOf(error).some((line) => /unadvertised object|want \S+ not valid/.test(line));
}

/** The server has looked and has no such object. */
export function isUnknownObject(error: unknown): boolean {
  return complaintOf(error).some((line) => line.includes('not our ref'));
}

/** The tags that were to be left out contain all that was wanted. */
export function leavesNothing(error: unknown): boolean {
  return complaintOf(error).some((line) => line.includes('no commits selected for shallow'));
}

/** The server cannot leave out what a tag contains, or has the tag no longer. Over HTTP it just stops. */
export function knowsNoExclusion(error: unknown): boolean {
  return complaintOf(error).some((line) =>
    /does not support --shallow-exclude|deepen-not is not a ref|processing shallow info/.test(line),
  );
}

function complaintOf(error: unknown): readonly string[] {
  return error instanceof GitFailure ? error.complaint.split('\n') : [];
}
