/** A commit that a branch of the bot has and its base has not. */
export interface FoundCommit {
  readonly sha: string;
  /** Accounts of who wrote it and of who put it there; `undefined` where GitHub knows none. */
  readonly author?: string;
  readonly committer?: string;
  /** The content hash that its message names. */
  readonly content?: string;
}

/** The branch of a proposal as GitHub has it. */
export interface KnownBranch {
  readonly head: string;
  /** Commits that are not the bot's, oldest first. */
  readonly foreign: readonly string[];
  /** Content hash of what it holds; `undefined` where it has to be written anew. */
  readonly content?: string;
}

/** GitHub's own account: it commits what Apps and people do through its interfaces, and signs it. */
const github = 'web-flow';

/**
 * What the commits of a branch say, oldest first. Below the bot's first one lies only what the base had
 * before somebody rewrote it. What was amended or rebased by hand names the bot as its author, and another
 * committer; and the bot's last commit always has a content hash, so a branch that ends without one was cut.
 * Without commits of that kind, for want of a common history, it is nothing that the bot would have made.
 */
export function knownBranch(
  head: string,
  commits: readonly FoundCommit[] | undefined,
  account: string,
): KnownBranch {
  if (!commits) return { head, foreign: [head] };
  const first = commits.findIndex((commit) => isBots(commit, account));
  const above = commits.slice(Math.max(first, 0));
  const foreign = above.filter((commit) => !isBots(commit, account)).map(({ sha }) => sha);
  const content = commits.at(-1)?.content;
  const isCut = foreign.length === 0 && above.length > 0 && content === undefined;
  if (isCut) return { head, foreign: [head] };
  return { head, foreign, ...(content !== undefined && first === 0 && { content }) };
}

function isBots({ author, committer }: FoundCommit, account: string): boolean {
  return author === account && (committer === account || committer === github);
}
