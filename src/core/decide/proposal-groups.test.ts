import { describe, expect, it } from 'vitest';
import { catalogOf, commitNamed, tagPin } from '../../../test/support/facts.ts';
import { constraintMove, moveOf, queueOf, verdictOf } from '../../../test/support/proposals.ts';
import type { JudgedQueue } from '../model/patch-verdict.ts';
import type { ProposalGroup } from '../model/proposal.ts';
import type { UpdatePlan } from '../model/update.ts';
import { proposalGroups } from './proposal-groups.ts';

const nova = moveOf('nova', '32.0.0', '32.1.0');
const keystone = moveOf('keystone', '28.0.0', '28.0.1');
const glance = moveOf('glance', '31.0.0', '31.0.1');
const nothing: UpdatePlan = { moves: [], held: [], constraints: [], failed: [] };

interface Given {
  readonly plan: Partial<UpdatePlan>;
  readonly queues?: readonly JudgedQueue[];
  readonly security?: readonly string[];
}

function groups({ plan, queues = [], security = [] }: Given): readonly ProposalGroup[] {
  return proposalGroups({
    base: 'main',
    catalog: catalogOf([nova.pin, keystone.pin]),
    plan: { ...nothing, ...plan },
    queues,
    isSecurity: ({ pin }) => security.includes(pin.component),
  });
}

function shown(all: readonly ProposalGroup[]): readonly string[] {
  return all.map(({ lane, moves, drifts }) =>
    [lane.kind, ...moves.map(({ pin }) => pin.component), ...drifts.map((one) => one.branch)].join(
      ' ',
    ),
  );
}

describe('proposal groups', () => {
  it('are one for all moves of a series, and none for nothing', () => {
    expect(groups({ plan: {} })).toEqual([]);
    expect(shown(groups({ plan: { moves: [nova, keystone] } }))).toEqual(['refs nova keystone']);
  });

  it('put security first and alone, and what needs a person into a draft of its own', () => {
    const conflict = queueOf('nova', [verdictOf('nova', '0001-a.patch', 'conflict')]);
    const fits = queueOf('keystone', [verdictOf('keystone', '0001-b.patch', 'applies')]);
    const plan = { moves: [nova, keystone, glance], constraints: [constraintMove] };
    const made = groups({ plan, queues: [conflict, fits], security: ['keystone', 'nova'] });
    expect(shown(made)).toEqual([
      'security keystone',
      'refs glance',
      'component nova',
      'constraints',
    ]);
    expect(made.map(({ draft }) => draft)).toEqual([false, false, true, false]);
    expect(made.map(({ queues }) => queues)).toEqual([[fits], [], [conflict], []]);
  });

  it('take along heads of branches that the lock does not have', () => {
    const [head, locked] = [commitNamed('head'), commitNamed('locked')];
    const pin = tagPin('2025.2', 'ovn', 'branch-24.03');
    const follows = { kind: 'follows', branch: 'branch-24.03', head } as const;
    expect(groups({ plan: { held: [{ pin, why: { ...follows, locked: head } }] } })).toEqual([]);
    const [group] = groups({ plan: { held: [{ pin, why: { ...follows, locked } }] } });
    expect(group?.drifts).toEqual([
      { series: '2025.2', component: 'ovn', branch: 'branch-24.03', to: head, from: locked },
    ]);
  });
});
