import type { Catalog } from '../model/catalog.ts';
import type { JudgedQueue, VerdictWord } from '../model/patch-verdict.ts';
import type { Drift, Lane, ProposalGroup } from '../model/proposal.ts';
import type { Held, Move, UpdatePlan } from '../model/update.ts';

export interface ProposalFacts {
  readonly base: string;
  readonly catalog: Catalog;
  readonly plan: UpdatePlan;
  /** The queues of the plan's moves, tried on what they move to. */
  readonly queues: readonly JudgedQueue[];
  /** Moves between whose refs upstream closed a hole. */
  readonly isSecurity: (move: Move) => boolean;
}

/**
 * A plan cut into pull requests, the urgent ones first: security fixes alone, moves whose patches need a
 * person alone as drafts, the other moves of a series together, and its constraints.
 */
export function proposalGroups(facts: ProposalFacts): readonly ProposalGroup[] {
  const groups = facts.catalog.series.flatMap(({ id }) => seriesGroups(id, facts));
  return groups.sort((a, b) => urgency(a.lane) - urgency(b.lane));
}

function seriesGroups(series: string, facts: ProposalFacts): readonly ProposalGroup[] {
  const { base, plan, queues } = facts;
  const moves = plan.moves.filter(({ pin }) => pin.series === series);
  const laneOf = new Map(moves.map((move) => [move, laneFor(move, facts)] as const));
  const together = moves.filter((move) => laneOf.get(move)?.kind === 'refs');
  const drifts = driftsOf(series, plan.held);
  const refs: readonly ProposalGroup[] =
    together.length + drifts.length === 0
      ? []
      : [group({ kind: 'refs', series }, { base, moves: together, queues, drifts })];
  const apart = moves.flatMap((move) => {
    const lane = laneOf.get(move);
    if (!lane || lane.kind === 'refs') return [];
    return [group(lane, { base, moves: [move], queues, drifts: [] })];
  });
  const constraints = plan.constraints.flatMap((move): readonly ProposalGroup[] =>
    move.series === series
      ? [
          {
            ...group({ kind: 'constraints', series }, { base, moves: [], queues: [], drifts: [] }),
            constraints: move,
          },
        ]
      : [],
  );
  return [...apart, ...refs, ...constraints];
}

function group(
  lane: Lane,
  parts: Pick<ProposalGroup, 'base' | 'moves' | 'queues' | 'drifts'>,
): ProposalGroup {
  const queues = parts.queues.filter((queue) => parts.moves.some((move) => isOf(queue, move)));
  return { ...parts, lane, queues, draft: queues.some(needsPerson) };
}

function laneFor(move: Move, { queues, isSecurity }: ProposalFacts): Lane {
  const { series, component } = move.pin;
  if (queues.some((queue) => isOf(queue, move) && needsPerson(queue))) {
    return { kind: 'component', series, component };
  }
  return isSecurity(move) ? { kind: 'security', series, component } : { kind: 'refs', series };
}

function isOf({ component, series }: JudgedQueue, { pin }: Move): boolean {
  return pin.component === component && pin.series === series;
}

/** Verdicts that no tool can act upon. */
const unsolved: readonly VerdictWord[] = ['conflict', 'malformed', 'refused', 'not-reached'];

/** True where a queue does not fit and cannot be made to without a person. */
function needsPerson({ verdicts }: Pick<JudgedQueue, 'verdicts'>): boolean {
  return verdicts.some(({ verdict }) => unsolved.includes(verdict));
}

/** Branch pins stay, and their lock moves. */
function driftsOf(series: string, held: readonly Held[]): readonly Drift[] {
  return held.flatMap(({ pin, why }): readonly Drift[] => {
    if (pin.series !== series || why.kind !== 'follows' || why.locked === why.head) return [];
    const { branch, head: to, locked: from } = why;
    return [{ series, component: pin.component, branch, to, ...(from !== undefined && { from }) }];
  });
}

const order: readonly Lane['kind'][] = ['security', 'refs', 'component', 'constraints'];

function urgency({ kind }: Lane): number {
  return order.indexOf(kind);
}
