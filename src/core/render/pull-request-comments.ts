import { code, count } from './markdown.ts';

/** Said once, on a branch that somebody else has pushed to. */
export function handsOffComment(commits: readonly string[]): string {
  const shown = commits.slice(0, 5).map((commit) => code(commit.slice(0, 8)));
  const named = `${count(commits.length, 'commit')} (${shown.join(', ')})`;
  return `This branch has ${named} that Pinwheel did not make, so it is yours now: Pinwheel changes neither the branch nor this text any more.\n\nTo have it kept up to date again, take those commits off the branch.`;
}

/** Said when a pull request of the bot is closed by the bot. `others`: open ones of the same series. */
export function obsoleteComment(others: readonly number[]): string {
  const elsewhere =
    others.length === 0 ? '' : `, or it is part of ${others.map((n) => `#${n}`).join(', ')} now`;
  return `There is nothing left to move here: it is merged already, the policy ignores it, upstream took it back${elsewhere}. Pinwheel closes this, and opens a new one when there is something new.`;
}

/** Said where the button of the lock did nothing. */
export function lockRefusedComment(why: string): string {
  return `The lock could not be updated: ${code(why)}\n\nRun \`pinwheel lock\` in the repository instead, and push what it changes.`;
}
