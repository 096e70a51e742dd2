import type { VerdictWord } from '../model/patch-verdict.ts';
import { refText } from '../model/source-ref.ts';
import type { ConstraintMove, Held, Move, MoveStay, UpdatePlan } from '../model/update.ts';
import { heldReason, moveReason, shortRef } from './reasons.ts';
import type { Table } from './table.ts';

/** The plan as the command line's JSON; keys are a contract (docs/design.md). */
export function updateJson(plan: UpdatePlan): object {
  return {
    moves: plan.moves.map(moveJson),
    held: plan.held.map(heldJson),
    constraints: plan.constraints.map(constraintJson),
    failed: plan.failed,
  };
}

/** The plan as tables for people: what moves first, then what stays and why. */
export function updateTables(plan: UpdatePlan): readonly Table[] {
  return [
    {
      title: 'Moves',
      head: ['series', 'component', 'from', 'to', 'why'],
      rows: plan.moves.map((move) => {
        const { series, component, from, to, reason } = moveJson(move);
        return [series, component, shortRef(from), shortRef(to), `${reason}${stayWords(move)}`];
      }),
    },
    {
      title: 'Held',
      head: ['series', 'component', 'ref', 'why'],
      rows: plan.held.map((held) => {
        const { series, component, ref, reason } = heldJson(held);
        return [series, component, shortRef(ref), reason];
      }),
    },
    {
      title: 'Constraints',
      head: ['series', 'upstream', 'what changes'],
      rows: plan.constraints.map((move) => [
        move.series,
        `${move.from?.slice(0, 8) ?? 'new file'} → ${move.to.slice(0, 8)}`,
        constraintWords(move),
      ]),
    },
  ].filter(({ rows }) => rows.length > 0);
}

/** One line for the end: how much of what. */
export function updateSummary(plan: UpdatePlan, written: readonly string[] | undefined): string {
  const moves = plan.moves.filter(({ stay }) => !stay);
  const staying = plan.moves.length - moves.length;
  const stays = `${count(staying, 'pin')} cannot move before ${staying === 1 ? 'its' : 'their'} patches fit`;
  const moving = movingSummary({ ...plan, moves }, written);
  if (staying === 0) return moving;
  // Beside a pin that cannot move, "nothing to do" would be wrong.
  const rest = moves.length + plan.constraints.length > 0 || (written ?? []).length > 0;
  return rest ? `${moving}; ${stays}` : stays;
}

function movingSummary(plan: UpdatePlan, written: readonly string[] | undefined): string {
  const moving = plan.moves.length + plan.constraints.length;
  const files = written?.length
    ? `${count(written.length, 'file')} written: ${written.join(', ')}`
    : '';
  if (moving === 0) {
    return files === ''
      ? 'nothing to do: every pin is where it belongs'
      : `locks brought up to date; ${files}`;
  }
  const what = [
    ...(plan.moves.length > 0 ? [count(plan.moves.length, 'pin')] : []),
    ...(plan.constraints.length > 0 ? [count(plan.constraints.length, 'constraints file')] : []),
  ].join(' and ');
  if (written?.length === 0) return `${what} moved meanwhile: another command wrote the same`;
  return written
    ? `moved ${what}; ${files}`
    : `${what} would move; pinwheel update --write does it`;
}

function moveJson(move: Move) {
  const { pin, to, kind, jump, commit, stay } = move;
  const { series, component } = pin;
  const reason = moveReason(move);
  const refs = { from: refText(pin.ref), to: refText(to) };
  return { series, component, ...refs, commit, kind, jump, reason, ...(stay && stayJson(stay)) };
}

function stayJson(stay: MoveStay): object {
  if (stay.kind === 'untried') return { untried: stay.why };
  const { path: patch, verdict } = stay.verdict;
  return { blocked: { patch, verdict } };
}

function stayWords({ stay }: Move): string {
  if (!stay) return '';
  if (stay.kind === 'untried') return '; stays: its patches could not be tried';
  const { path, verdict } = stay.verdict;
  return `; stays: ${path.slice(path.lastIndexOf('/') + 1)} ${verdictVerb(verdict)} there`;
}

/** A verdict as what a patch does. */
export function verdictVerb(verdict: VerdictWord): string {
  if (verdict === 'conflict') return 'conflicts';
  return verdict === 'refreshable' ? 'does not apply' : `is ${verdict}`;
}

function heldJson(held: Held) {
  const { pin, version, why } = held;
  const { series, component } = pin;
  return {
    series,
    component,
    ref: refText(pin.ref),
    ...(version === undefined ? {} : { version }),
    code: why.kind,
    reason: heldReason(held),
  };
}

function constraintJson(move: ConstraintMove): object {
  const { series, from, to, ref, changed, added, removed, kept } = move;
  return { series, from: from ?? null, to, ref, changed, added, removed, kept };
}

function constraintWords({ changed, added, removed, kept }: ConstraintMove): string {
  const changes = changed.slice(0, 3).map(({ name, from, to }) => `${name} ${from} → ${to}`);
  const parts = [
    ...changes,
    ...(changed.length > 3 ? [`${changed.length - 3} more changed`] : []),
    ...(added.length > 0 ? [`${added.length} added`] : []),
    ...(removed.length > 0 ? [`${removed.length} removed`] : []),
    ...kept.map(({ name, local }) => `kept by hand: ${name} ${local ?? 'removed'}`),
    ...changed.flatMap(({ name, shadowedBy }) =>
      shadowedBy === undefined ? [] : [`${name} is hidden by the override ${shadowedBy}`],
    ),
  ];
  return parts.length > 0 ? parts.join(', ') : 'only the line that says where it came from';
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
