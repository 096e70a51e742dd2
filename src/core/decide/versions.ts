import { hasReleaseLines, versionTextOf } from '../model/component.ts';
import type { IgnoreRule } from '../model/policy.ts';
import type { Move } from '../model/update.ts';
import { compareVersions, parseVersion } from '../model/version.ts';
import type { Version } from '../model/version.ts';
import { decideBranchPin } from './branch-pin.ts';
import { decideLinePin } from './line-pin.ts';
import type { PinFacts } from './pin-facts.ts';
import { decideTagPin, hold } from './tag-pin.ts';
import type { PinDecision } from './tag-pin.ts';

/** What a person has said, and the day it is: an ISO date. */
export interface VersionRules {
  readonly ignore: readonly IgnoreRule[];
  readonly today: string;
}

/**
 * The version policy. A version is allowed in a series only if it belongs to that series; where the
 * ways of finding that out disagree, the pin is held. Every pin gets a move, a reason, or both.
 */
export function decidePin(facts: PinFacts, rules: VersionRules): PinDecision {
  const decision = decideByKind(facts);
  const { move } = decision;
  if (!move) return decision;
  const target = versionOf(move, facts);
  const rule = rules.ignore.find(
    (one) => speaksOf(one, facts) && !isOver(one, { target, today: rules.today }),
  );
  if (!rule) return decision;
  const { until, reason } = rule;
  const why = {
    kind: 'ignored',
    because: reason,
    ...(until === undefined ? {} : { until }),
  } as const;
  return hold(facts, why, move.to.kind === 'tag' ? move.to.tag : undefined);
}

function decideByKind(facts: PinFacts): PinDecision {
  const { pin, component, series } = facts;
  if (pin.ref.kind !== 'tag') return decideBranchPin(facts);
  if (hasReleaseLines(component)) return decideLinePin(facts);
  if (!series) return hold(facts, { kind: 'unknown-series' });
  return decideTagPin(facts);
}

function speaksOf(rule: IgnoreRule, { pin }: PinFacts): boolean {
  return rule.component === pin.component && (rule.series ?? pin.series) === pin.series;
}

/** A rule ends on its day, or when the version that it waits for (or a newer one) is there. */
function isOver({ until }: IgnoreRule, { target, today }: RuleTest): boolean {
  if (until === undefined) return false;
  if (/^\d{4}-\d{2}-\d{2}$/.test(until)) return today >= until;
  const awaited = parseVersion(until);
  return awaited !== undefined && target !== undefined && compareVersions(target, awaited) >= 0;
}

interface RuleTest {
  readonly target: Version | undefined;
  readonly today: string;
}

function versionOf({ to }: Move, { component }: PinFacts): Version | undefined {
  return to.kind === 'tag' ? parseVersion(versionTextOf(component, to.tag) ?? '') : undefined;
}
