import { isBotBranch } from '../model/bot-branch.ts';
import type { Policy } from '../model/policy.ts';

/** Names that the policy's patterns match: `*` within a segment, `**` across. The bot's own never are. */
export function matchingBranches(
  { branches }: Pick<Policy, 'branches'>,
  names: readonly string[],
): readonly string[] {
  const patterns = branches.map((glob) => glob.match(/\*\*|[^]/gu) ?? []);
  return names.filter(
    (name) => !isBotBranch(name) && patterns.some((pattern) => matches(pattern, name)),
  );
}

/** True for a branch that a commit may be added to because somebody asks: neither the bot's nor a base. */
export function isTopicBranch(
  name: string,
  { defaultBranch }: { readonly defaultBranch: string },
  policy: Pick<Policy, 'branches'> | undefined,
): boolean {
  if (isBotBranch(name) || name === defaultBranch) return false;
  return policy === undefined || matchingBranches(policy, [name]).length === 0;
}

/**
 * All positions of the pattern at once, a character of the name at a time. A regular expression would try
 * them one after the other, and a policy is anybody's: `**a**a**a**b` would keep us busy for hours.
 */
function matches(pattern: readonly string[], name: string): boolean {
  let states = skippingStars(pattern, [0]);
  for (const character of name) {
    const next: number[] = [];
    for (const at of states) {
      const wanted = pattern[at];
      if (wanted === '**' || (wanted === '*' && character !== '/')) next.push(at);
      else if (wanted === character) next.push(at + 1);
    }
    states = skippingStars(pattern, next);
  }
  return states.has(pattern.length);
}

/** A star may stand for nothing. */
function skippingStars(pattern: readonly string[], from: readonly number[]): ReadonlySet<number> {
  const states = new Set(from);
  for (const at of states) if (pattern[at] === '*' || pattern[at] === '**') states.add(at + 1);
  return states;
}
