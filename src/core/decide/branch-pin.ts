import type { SourceRef } from '../model/source-ref.ts';
import { isFailure } from '../model/upstream.ts';
import type { RemoteRefs } from '../model/upstream.ts';
import type { MoveKind, MoveReason } from '../model/update.ts';
import { withoutRefs } from './pin-facts.ts';
import type { PinFacts } from './pin-facts.ts';
import { hold } from './tag-pin.ts';
import type { PinDecision } from './tag-pin.ts';

/** What takes the place of a branch that is gone. */
interface Successor {
  readonly kind: 'branch' | 'tag';
  readonly name: string;
  readonly commit: string;
}

/** Names that openstack gives a series' branch and marks after its maintained life, in their order. */
export function successorsOf(branch: string): {
  readonly branches: readonly string[];
  readonly tags: readonly string[];
} {
  const series = /^(?:stable|unmaintained)\/(?<series>.+)$/.exec(branch)?.groups?.['series'];
  if (series === undefined) return { branches: [], tags: [] };
  const tags = [`${series}-eol`, `${series}-eom`];
  return { branches: [`unmaintained/${series}`].filter((name) => name !== branch), tags };
}

/** Decides about a pin that follows a branch, as its name or as the commit at its head. */
export function decideBranchPin(facts: PinFacts): PinDecision {
  const { pin, refs } = facts;
  if (!refs) throw new Error(`the refs of ${pin.component} were not asked for`);
  if (isFailure(refs)) return hold(facts, withoutRefs(facts, refs));
  const branch = followedBranch(pin.ref);
  const head = refs.heads.get(branch);
  return head === undefined
    ? decideVanished(facts, refs, branch)
    : decideAlive(facts, branch, head);
}

/** The branch that a pin follows, if it follows one. */
export function followedBranch(ref: SourceRef): string {
  switch (ref.kind) {
    case 'branch':
      return ref.branch;
    case 'commit':
      return ref.follows;
    case 'tag':
      throw new Error(`the tag ${ref.tag} follows no branch`);
  }
}

function decideAlive(facts: PinFacts, branch: string, head: string): PinDecision {
  const { pin, locked } = facts;
  if (pin.ref.kind === 'branch') {
    return hold(facts, { kind: 'follows', branch, head, ...(locked ? { locked } : {}) });
  }
  if (pin.ref.kind === 'commit' && pin.ref.commit === head) {
    return hold(facts, { kind: 'at-head', branch });
  }
  const to: SourceRef = { kind: 'commit', commit: head, follows: branch };
  return moved(facts, { to, commit: head, kind: 'head', why: { kind: 'branch-head', branch } });
}

function decideVanished(facts: PinFacts, refs: RemoteRefs, branch: string): PinDecision {
  const successor = findSuccessor(refs, branch);
  if (!successor) {
    const { branches, tags } = successorsOf(branch);
    return hold(facts, { kind: 'branch-gone', branch, looked: [...branches, ...tags] });
  }
  const { name, commit } = successor;
  const kind = successor.kind === 'branch' ? 'branch-renamed' : 'branch-retired';
  const why: MoveReason = { kind, branch, successor: name };
  return moved(facts, { to: successorRef(facts, successor), commit, kind: 'branch', why });
}

function findSuccessor(refs: RemoteRefs, branch: string): Successor | undefined {
  const { branches, tags } = successorsOf(branch);
  for (const name of branches) {
    const commit = refs.heads.get(name);
    if (commit !== undefined) return { kind: 'branch', name, commit };
  }
  for (const name of tags) {
    const tag = refs.tags.get(name);
    if (tag) return { kind: 'tag', name, commit: tag.commit };
  }
  return undefined;
}

/** A commit stays a commit as long as there is a branch to follow; a mark is pinned by its name. */
function successorRef({ pin }: PinFacts, { kind, name, commit }: Successor): SourceRef {
  if (kind === 'tag') return { kind, tag: name };
  return pin.ref.kind === 'commit'
    ? { kind: 'commit', commit, follows: name }
    : { kind, branch: name };
}

function moved(
  { pin }: PinFacts,
  move: { to: SourceRef; commit: string; kind: MoveKind; why: MoveReason },
): PinDecision {
  return { move: { pin, jump: 'none', ...move }, held: [] };
}
