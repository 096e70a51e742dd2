import { checkNames, imagesCheck } from '../model/check-report.ts';
import type { Policy } from '../model/policy.ts';

/** A pull request that may merge by itself, as far as GitHub knows it. */
export interface MergeCandidate {
  readonly merge: Policy['merge'];
  readonly isOpen: boolean;
  readonly isDraft: boolean;
  /** Made by the bot, from a branch of its own in this repository. */
  readonly isBots: boolean;
  /** Commits on the branch that somebody else put there. */
  readonly foreign: readonly string[];
  readonly isHeld: boolean;
  /** All that it changes. */
  readonly files: readonly ChangedFile[];
  readonly base: string;
  /** Names of the checks that GitHub waits for before anything is merged into the base. */
  readonly required: readonly string[];
  /** Who asked for auto-merge; missing where nobody did. */
  readonly askedBy?: string;
  /** The bot's own account. */
  readonly account: string;
}

export interface ChangedFile {
  readonly path: string;
  readonly status: string;
}

export type MergeStep =
  | { readonly kind: 'ask' }
  /** The bot asked for it, and it is no longer right. */
  | { readonly kind: 'take back'; readonly why: string }
  | { readonly kind: 'leave'; readonly why: string };

/**
 * Whether GitHub is to merge a pull request by itself. That every required check is green is for GitHub to
 * see to, which waits for them: so ours have to be among those.
 */
export function mergeStep(candidate: MergeCandidate): MergeStep {
  const { askedBy, account } = candidate;
  const why = whyNot(candidate);
  if (why === undefined) {
    if (askedBy === undefined) return { kind: 'ask' };
    return { kind: 'leave', why: `${askedBy} asked for auto-merge` };
  }
  // What a person has asked for is theirs to take back.
  return askedBy === account ? { kind: 'take back', why } : { kind: 'leave', why };
}

const reasons: readonly ((candidate: MergeCandidate) => string | undefined | false)[] = [
  ({ isBots }) => !isBots && 'it is not of the bot',
  ({ isOpen }) => !isOpen && 'it is closed',
  ({ merge }) => merge === 'never' && 'the policy says `merge: never`',
  ({ isDraft }) => isDraft && 'it is a draft',
  ({ isHeld }) => isHeld && 'somebody holds it',
  ({ foreign }) => foreign.length > 0 && 'somebody else pushed to its branch',
  patchReason,
  missingReason,
];

function whyNot(candidate: MergeCandidate): string | undefined {
  for (const reason of reasons) {
    const why = reason(candidate);
    if (typeof why === 'string') return why;
  }
  return undefined;
}

/** A patch that upstream has by now may go; what is in one that stays has to be read by somebody. */
function patchReason({ files }: MergeCandidate): string | undefined {
  const changed = files.find(
    ({ path, status }) => path.startsWith('patches/') && status !== 'removed',
  );
  return changed && `it changes ${changed.path}, which a person has to read`;
}

function missingReason({ base, required }: MergeCandidate): string | undefined {
  const missing = [...checkNames, imagesCheck].filter((name) => !required.includes(name));
  if (missing.length === 0) return undefined;
  return `${base} does not require ${missing.join(', ')}: nothing would wait for what they say`;
}
