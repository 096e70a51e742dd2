import type { SourceRef } from '../model/source-ref.ts';
import { refProblem } from './ref-name.ts';

/** A comment in parts that join to the whole: `# `, `commit SHA`, ` `, `stable/2025.2`, `, see bug 1`. */
interface CommentParts {
  readonly lead: string;
  /** The word for the kind of pin, with which people begin such comments; `''` where there is none. */
  readonly kindWord: string;
  readonly gap: string;
  readonly first: string;
  readonly rest: string;
}

const comment =
  /^(#+[ \t]*)((?:tag|branch|commit(?:[ \t]+SHA)?|SHA)(?=[\s:,]|$))?([ \t:,]*)(\S*?)([,;:]?(?:\s.*)?)$/is;

const kindWords = { tag: 'tag', branch: 'branch', commit: 'commit SHA' } as const;

/**
 * The branch that the comment of a commit pin names: its first word, or the first after a word for
 * the kind (`# commit SHA, stable/2025.2`), if it looks like a branch. Other comments name none.
 */
export function followedBranch(text: string): string | undefined {
  const { first } = commentParts(text);
  return isBranchName(first) ? first : undefined;
}

/** The comment of a pin after its ref moved from one to another. */
export function movedComment(text: string, from: SourceRef, to: SourceRef): string {
  const old = commentParts(text);
  const changes = old.kindWord !== '' && from.kind !== to.kind;
  const parts = changes ? { ...old, kindWord: kindWords[to.kind] } : old;
  if (to.kind === 'commit') return joinParts(following(parts, to.follows));
  // The branch that a commit followed says nothing of a tag or of another branch.
  const leavesBranch = from.kind === 'commit' && parts.first === from.follows;
  return joinParts(leavesBranch ? { ...parts, ...withoutBranch(parts, to) } : parts);
}

function withoutBranch(
  { kindWord }: CommentParts,
  to: SourceRef,
): Pick<CommentParts, 'kindWord' | 'gap' | 'first'> {
  return { kindWord: kindWord === '' ? kindWords[to.kind] : kindWord, gap: '', first: '' };
}

/** The comment for a commit pin that has none; `undefined` where none is needed. */
export function newComment(ref: SourceRef): string | undefined {
  return ref.kind === 'commit' && !isDefaultBranch(ref.follows) ? `# ${ref.follows}` : undefined;
}

/** A commit whose comment names no branch follows the stable branch of its series. */
export function isDefaultBranch(branch: string): boolean {
  return branch.startsWith('stable/');
}

function following(parts: CommentParts, branch: string): CommentParts {
  if (isBranchName(parts.first)) return { ...parts, first: branch };
  if (isDefaultBranch(branch)) return parts;
  const { lead, kindWord, first, rest } = parts;
  const words = first + rest;
  return {
    lead: kindWord === '' && lead.endsWith('#') ? `${lead} ` : lead,
    kindWord,
    gap: kindWord === '' ? '' : ' ',
    first: branch,
    rest: words === '' || /^\s/.test(words) ? words : ` ${words}`,
  };
}

function isBranchName(word: string): boolean {
  const looks = word.includes('/') || /^(?:master|main|branch-.*)$/.test(word);
  return looks && refProblem(word) === undefined;
}

function commentParts(text: string): CommentParts {
  const [, lead = '', kindWord = '', gap = '', first = '', rest = ''] = comment.exec(text) ?? [];
  return { lead, kindWord, gap, first, rest };
}

function joinParts({ lead, kindWord, gap, first, rest }: CommentParts): string {
  return lead + kindWord + gap + first + rest;
}
