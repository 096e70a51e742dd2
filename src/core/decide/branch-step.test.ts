import { describe, expect, it } from 'vitest';
import { groupOf } from '../../../test/support/proposals.ts';
import type { Proposal } from '../model/proposal.ts';
import { branchStep } from './branch-step.ts';
import type { KnownPull } from './branch-step.ts';

const marker = {
  branch: 'pinwheel/main/2025.2/refs',
  target: 'a'.repeat(16),
  content: 'b'.repeat(16),
};
const proposal: Proposal = {
  ...groupOf({ kind: 'refs', series: '2025.2' }),
  ...marker,
  ...{ title: 'title', body: 'body\n', commits: [] },
};
const ours = { head: 'c'.repeat(40), foreign: [], content: proposal.content };
const open: KnownPull = {
  ...{ number: 1, headSha: ours.head, state: 'open', title: 'title', body: 'body', marker },
  ...{ conflicts: false, held: false },
};
const closed: KnownPull = { ...open, state: 'closed' };

describe('a branch of the bot', () => {
  it('is made where there is none, and used where it is there', () => {
    expect(branchStep(proposal, undefined, [])).toEqual({ kind: 'open', writeBranch: true });
    expect(branchStep(proposal, ours, [])).toEqual({ kind: 'open', writeBranch: false });
    expect(branchStep(proposal, ours, [{ ...closed, state: 'merged' }]).kind).toBe('open');
  });

  it('is left as it is where all is so already', () => {
    expect(branchStep(proposal, ours, [open]).kind).toBe('nothing');
  });

  it('is written again where its content differs or it conflicts', () => {
    const write = { kind: 'update', writeBranch: true };
    expect(branchStep(proposal, { ...ours, content: 'd'.repeat(16) }, [open])).toMatchObject(write);
    expect(branchStep(proposal, ours, [{ ...open, conflicts: true }])).toMatchObject(write);
  });

  it('is free again when it was merged with what others added, and not when they went on', () => {
    const merged = { ...closed, state: 'merged' as const, headSha: 'f'.repeat(40) };
    const theirs = { head: merged.headSha, foreign: [merged.headSha] };
    expect(branchStep(proposal, theirs, [merged])).toEqual({ kind: 'open', writeBranch: true });
    const later = { ...theirs, head: 'e'.repeat(40) };
    expect(branchStep(proposal, later, [merged]).kind).toBe('hands-off');
  });

  it('waits for upstream to say all of it, unless nobody has seen any yet', () => {
    const partly = { ...proposal, isSettled: false, target: 'e'.repeat(16) };
    expect(branchStep(partly, ours, [open])).toEqual({ kind: 'waits', pull: open });
    expect(branchStep(partly, ours, [closed])).toEqual({ kind: 'waits', pull: closed });
    expect(branchStep(partly, ours, [{ ...closed, state: 'merged', headSha: 'd' }]).kind).toBe(
      'open',
    );
    expect(branchStep(partly, undefined, []).kind).toBe('open');
  });

  it('keeps its commits where words alone differ', () => {
    const step = branchStep(proposal, ours, [{ ...open, body: 'somebody else wrote this' }]);
    expect(step).toMatchObject({ kind: 'update', writeBranch: false, writeText: true });
  });

  it('is left to people: who pushed, who holds it, who closed it', () => {
    const foreign = { ...ours, foreign: ['f'.repeat(40)] };
    expect(branchStep(proposal, foreign, [open])).toMatchObject({ kind: 'hands-off', pull: open });
    expect(branchStep(proposal, foreign, [closed]).kind).toBe('hands-off');
    expect(branchStep(proposal, ours, [{ ...open, held: true }]).kind).toBe('held');
    expect(branchStep(proposal, ours, [closed]).kind).toBe('ignored');
    expect(branchStep({ ...proposal, target: 'e'.repeat(16) }, ours, [closed]).kind).toBe('open');
  });
});
