import type { LineCommit } from '../../core/model/conflict-origin.ts';
import { WorldError } from '../../core/model/failures.ts';
import { GitFailure } from './failure.ts';
import { runGit } from './git.ts';
import type { GitOutput } from './git.ts';
import { followed } from './line-ranges.ts';
import type { LineRange } from './line-ranges.ts';
import type { LineView } from './line-view.ts';
import type { Recent } from './recent.ts';

/** A commit, and by what one can tell that another is the same change on another branch. */
export interface LoggedLines extends LineCommit {
  readonly isMerge: boolean;
  /** When it was made, in seconds since 1970. */
  readonly seconds: number;
  readonly likeness: readonly string[];
}

/** Lines of a path at a commit, and the commits that are of no interest. */
export interface LinesRequest {
  readonly tip: string;
  readonly not: string;
  readonly path: string;
  readonly ranges: readonly LineRange[];
}

const format =
  '--format=%H%n%P%n%ae%n%aI%n%ct%n%(trailers:key=Change-Id,valueonly,separator=%x2C)%n%s';

/** Commits that touched some lines, newest first. The blobs of the path must be here. */
export async function commitsOfLines(
  { directory, deadlineMs, without }: LineView,
  { tip, not, path, ranges }: LinesRequest,
): Promise<readonly LoggedLines[]> {
  const lines = ranges.map((range) => `-L${followed(range)}:${path}`);
  const args = [
    'log',
    '-z',
    '-s',
    '--no-renames',
    format,
    ...lines,
    tip,
    `^${not}`,
    ...without,
    '--',
  ];
  const commits = parse(await orWorldError(runGit(directory, args, { deadlineMs })));
  const real = commits.filter(({ isMerge }) => !isMerge);
  // A merge that is alone has made the lines itself.
  return real.length > 0 ? real : commits;
}

/** A failure of the world, but none of the store: following lines is more than reading. */
async function orWorldError(output: Promise<GitOutput>): Promise<GitOutput> {
  try {
    return await output;
  } catch (error) {
    if (error instanceof GitFailure) throw new WorldError(error.message, error.remedy);
    throw error;
  }
}

/** Some commits, in the order in which they are given. */
export async function describeCommits(
  { directory, deadlineMs }: Recent,
  commits: readonly string[],
): Promise<readonly LoggedLines[]> {
  if (commits.length === 0) return [];
  const args = ['log', '-z', '-s', '--no-walk=unsorted', '--stdin', format];
  const input = commits.map((commit) => `${commit}\n`).join('');
  return parse(await runGit(directory, args, { input, deadlineMs }));
}

function parse({ stdout }: GitOutput): readonly LoggedLines[] {
  const records = stdout.toString('utf8').split('\0');
  return records.filter((record) => record !== '').map(parseRecord);
}

function parseRecord(record: string): LoggedLines {
  const [commit = '', parents = '', mail = '', date = '', seconds = '', changeIds = '', ...rest] =
    record.split('\n');
  const subject = rest.join(' ').trimEnd();
  return {
    ...{ commit, subject, date },
    seconds: Number(seconds),
    isMerge: parents.includes(' '),
    // Whoever picks a commit keeps these, also where conflicts were resolved.
    likeness: [`${mail}\n${date}\n${subject}`, ...changeIds.split(',').filter((id) => id !== '')],
  };
}

/** Commits of the first list of which the second has no like. */
export function unlike(
  commits: readonly LoggedLines[],
  others: readonly LoggedLines[],
): readonly LoggedLines[] {
  const known = new Set(others.flatMap(({ likeness }) => likeness));
  return commits.filter(({ likeness }) => !likeness.some((sign) => known.has(sign)));
}
