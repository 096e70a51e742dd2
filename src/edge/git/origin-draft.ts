import type { ConflictCause } from '../../core/model/conflict-origin.ts';
import { describeCommits, unlike } from './line-log.ts';
import type { LoggedLines } from './line-log.ts';
import type { Recent } from './recent.ts';

/** An origin before its commits have tags. */
export interface OriginDraft {
  readonly cause: ConflictCause;
  readonly commits: readonly LoggedLines[];
  readonly missing: readonly LoggedLines[];
  readonly more?: number;
  readonly otherPath?: string;
}

/** No maintainer reads more of them. */
const mostCommits = 20;

/** A draft of commits that are known by their ids. */
export async function draftOf(
  view: Recent,
  cause: ConflictCause,
  {
    commits = [],
    missing = [],
  }: { readonly commits?: readonly string[]; readonly missing?: readonly string[] },
): Promise<OriginDraft> {
  const described = await describeCommits(view, [...commits, ...missing]);
  return cutDraft({
    cause,
    commits: described.slice(0, commits.length),
    missing: described.slice(commits.length),
  });
}

/** With as many commits as people read, and how many there are beyond. */
export function cutDraft({ commits, missing, ...draft }: OriginDraft): OriginDraft {
  const both = withoutPairs(commits, missing);
  const [kept, lost] = [both.commits, both.missing].map((list) => list.slice(0, mostCommits));
  const more = both.commits.slice(mostCommits).length + both.missing.slice(mostCommits).length;
  return { ...draft, commits: kept ?? [], missing: lost ?? [], ...(more > 0 && { more }) };
}

/** A change that both have, on two branches, explains no difference, unless it is all there is. */
function withoutPairs(
  since: readonly LoggedLines[],
  upon: readonly LoggedLines[],
): Pick<OriginDraft, 'commits' | 'missing'> {
  const [commits, missing] = [unlike(since, upon), unlike(upon, since)];
  return commits.length + missing.length > 0
    ? { commits, missing }
    : { commits: since, missing: upon };
}
