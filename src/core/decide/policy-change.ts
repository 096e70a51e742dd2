import type { Component } from '../model/component.ts';
import type { Policy } from '../model/policy.ts';
import type {
  ChangedOutlook,
  ChangedSetting,
  PinOutlook,
  PolicyChange,
} from '../model/policy-change.ts';
import type { Pin } from '../model/source-ref.ts';
import type { UpdatePlan } from '../model/update.ts';

/** A policy, and what it plans for the pins of some commit. */
export interface PolicyOutlook {
  readonly policy: Policy;
  readonly plan: Pick<UpdatePlan, 'moves' | 'held'>;
}

/** What changes where one policy takes the place of another, for the same pins. */
export function policyChange(
  before: PolicyOutlook,
  after: PolicyOutlook,
): Omit<PolicyChange, 'unasked'> {
  return {
    settings: changedSettings(settingsOf(before.policy), settingsOf(after.policy)),
    pins: changedPins(outlooks(before.plan), outlooks(after.plan)),
  };
}

/** A proposal's components with the upstreams that are in force, and the names of those that have another. */
export interface TrustedComponents {
  readonly components: ReadonlyMap<string, Component>;
  readonly unasked: readonly string[];
}

/**
 * Anybody may open a pull request: an address in it is not to be asked from where the bot runs, which may
 * reach what its author does not.
 */
export function withUpstreamsOf(
  inForce: ReadonlyMap<string, Component>,
  proposed: ReadonlyMap<string, Component>,
): TrustedComponents {
  const unasked: string[] = [];
  const components = [...proposed].map(([name, { upstream, ...component }]) => {
    const known = inForce.get(name)?.upstream;
    if (upstream !== undefined && upstream !== known) unasked.push(name);
    const asked = upstream === undefined ? undefined : known;
    return [name, { ...component, ...(asked !== undefined && { upstream: asked }) }] as const;
  });
  return { components: new Map(components), unasked };
}

/** What no plan shows: `ignore` and `components` are seen in what becomes of the pins. */
function settingsOf({
  builds,
  branches,
  schedule,
  python,
  limits,
}: Policy): ReadonlyMap<string, string> {
  return new Map([
    ['builds', builds],
    ['branches', branches.join(', ')],
    ['schedule', schedule],
    ['python', python],
    ...Object.entries(limits).map(([key, value]) => [`limits.${key}`, String(value)] as const),
  ]);
}

function changedSettings(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly ChangedSetting[] {
  return [...before].flatMap(([key, value]) => {
    const other = after.get(key) ?? '';
    return other === value ? [] : [{ key, before: value, after: other }];
  });
}

interface Named extends PinOutlook {
  readonly pin: Pin;
}

function outlooks({ moves, held }: PolicyOutlook['plan']): ReadonlyMap<string, Named> {
  const found = new Map<string, Named>();
  function add(pin: Pin, more: Partial<PinOutlook>): void {
    const key = `${pin.series} ${pin.component}`;
    const known = found.get(key) ?? { pin, moves: [], held: [] };
    found.set(key, {
      pin,
      moves: [...known.moves, ...(more.moves ?? [])],
      held: [...known.held, ...(more.held ?? [])],
    });
  }
  for (const move of moves) add(move.pin, { moves: [move] });
  for (const one of held) add(one.pin, { held: [one] });
  return found;
}

function changedPins(
  before: ReadonlyMap<string, Named>,
  after: ReadonlyMap<string, Named>,
): readonly ChangedOutlook[] {
  const keys = [...new Set([...before.keys(), ...after.keys()])];
  return keys.flatMap((key) => {
    const [one, other] = [before.get(key), after.get(key)];
    const pin = (one ?? other)?.pin;
    if (!pin || decided(one) === decided(other)) return [];
    const { series, component } = pin;
    return [{ series, component, before: outlookOf(one), after: outlookOf(other) }];
  });
}

function outlookOf({ moves, held }: PinOutlook = { moves: [], held: [] }): PinOutlook {
  return { moves, held };
}

/** An outlook without its pin: that is the same line of the same file. */
function decided(outlook: PinOutlook | undefined): string {
  const { moves, held } = outlookOf(outlook);
  return JSON.stringify([
    moves.map(({ to, why }) => [to, why]),
    held.map(({ version, why }) => [version, why]),
  ]);
}
