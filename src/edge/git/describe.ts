import { WorldError } from '../../core/model/failures.ts';
import { comparePbrVersions, readPbrVersion } from '../../core/model/pbr-version.ts';
import type { CommitDescription } from '../../core/model/upstream.ts';
import { runGit } from './git.ts';
import { withHistory } from './history.ts';
import type { History } from './history.ts';
import { readObjects } from './objects.ts';
import type { Place } from './place.ts';
import { parseRefLines } from './ref-lines.ts';

export type Description = Pick<CommitDescription, 'tag' | 'distance' | 'semVer'>;

/** What pbr finds out about a commit that `ref` contains (`pbr.packaging._get_version_from_git_target`). */
export function describeFrom(
  place: Place,
  { ref, commit }: { readonly ref: string; readonly commit: string },
): Promise<Description> {
  return withHistory(place, { refs: [ref], filter: 'tree:0' }, async (history) => {
    if (!(await readObjects(history, [commit])).has(commit)) {
      throw new WorldError(
        `${ref} has no commit ${commit}`,
        'check the commit, and that it was pushed',
      );
    }
    const tags = await versionTags(history);
    const walked = await walk(history, commit, tags);
    const semVer = await strongestFooter(history, commit, walked);
    const { tagged, distance } = walked;
    return { ...(tagged && { tag: tagged.tag }), distance, semVer };
  });
}

/** The tag that pbr goes by on each commit that has one: the newest version among them. */
async function versionTags(history: History): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await runGit(history.directory, ['show-ref', '--tags', '--dereference'], {
    accept: [1],
    deadlineMs: history.deadlineMs,
  });
  const best = new Map<string, string>();
  for (const [tag, { commit }] of parseRefLines(stdout.toString('utf8')).tags) {
    if (readPbrVersion(tag) && isNewer(tag, best.get(commit))) best.set(commit, tag);
  }
  return best;
}

function isNewer(tag: string, than: string | undefined): boolean {
  const [left, right] = [readPbrVersion(tag), readPbrVersion(than ?? '')];
  return left !== undefined && (right === undefined || comparePbrVersions(left, right) > 0);
}

interface Tagged {
  readonly tag: string;
  readonly commit: string;
}

/**
 * The first tagged commit in the order of `git log`, and its place there. That is what pbr counts: not
 * the commits since the tag. Without any tag it counts all commits but one.
 */
async function walk(
  history: History,
  commit: string,
  tags: ReadonlyMap<string, string>,
): Promise<Walked> {
  // Most tags are near, and a whole history is tens of thousands of lines.
  const near = lookAlong(await revList(history, [`--max-count=${nearby}`, commit]), tags);
  if (near.tagged || near.distance < nearby - 1) return near;
  return lookAlong(await revList(history, [commit]), tags);
}

const nearby = 1000;

interface Walked {
  readonly tagged?: Tagged;
  readonly distance: number;
}

function lookAlong(commits: readonly string[], tags: ReadonlyMap<string, string>): Walked {
  for (const [distance, commit] of commits.entries()) {
    const tag = tags.get(commit);
    if (tag !== undefined) return { tagged: { tag, commit }, distance };
  }
  return { distance: commits.length - 1 };
}

async function revList(history: History, args: readonly string[]): Promise<readonly string[]> {
  const { directory, deadlineMs } = history;
  const { stdout } = await runGit(directory, ['rev-list', ...args, '--'], { deadlineMs });
  return stdout.toString('latin1').trimEnd().split('\n');
}

/** The strongest `Sem-Ver:` line in the messages since the tag; pbr takes it in any line of them. */
async function strongestFooter(
  history: History,
  commit: string,
  { tagged, distance }: Walked,
): Promise<Description['semVer']> {
  // pbr writes `1.2.3-rc1` as `1.2.3.rc1`, then finds no such tag, and reads no message.
  if (distance === 0 || tagged?.tag.includes('-') === true) return 'bugfix';
  const range = tagged ? [commit, `^${tagged.commit}`] : [commit];
  const { directory, deadlineMs } = history;
  const args = ['log', '--format=%B', ...range, '--'];
  const { stdout } = await runGit(directory, args, { deadlineMs });
  const lines = stdout.toString('utf8').toLowerCase().split('\n');
  const words = lines.flatMap((line) => /^\s*sem-ver:(.*)$/.exec(line)?.[1]?.split(',') ?? []);
  const symbols = new Set(words.map((word) => word.trim()));
  if (symbols.has('api-break')) return 'api-break';
  return symbols.has('feature') || symbols.has('deprecation') ? 'feature' : 'bugfix';
}
