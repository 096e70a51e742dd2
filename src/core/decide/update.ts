import type { Catalog, SeriesCatalog } from '../model/catalog.ts';
import type { Failure } from '../model/failures.ts';
import { isFailure } from '../model/upstream.ts';
import type { UpstreamConstraints, UpstreamState } from '../model/upstream.ts';
import type { ConstraintMove, UpdatePlan } from '../model/update.ts';
import { nearestBase, syncConstraints } from './constraint-sync.ts';
import { pinFacts } from './pin-facts.ts';
import { decidePin } from './versions.ts';

/** What would move in the whole repository, and why the rest does not. `today` is an ISO date. */
export function planUpdate(catalog: Catalog, state: UpstreamState, today: string): UpdatePlan {
  const rules = { ignore: catalog.policy.ignore, today };
  const decisions = catalog.series
    .flatMap(({ pins }) => pins)
    .map((pin) => decidePin(pinFacts(pin, catalog, state), rules));
  return {
    moves: decisions.flatMap(({ move }) => move ?? []),
    held: decisions.flatMap(({ held }) => held),
    constraints: catalog.series.flatMap((series) => constraintMove(series, state) ?? []),
    failed: failures(state),
  };
}

function constraintMove(series: SeriesCatalog, state: UpstreamState): ConstraintMove | undefined {
  const upstream = state.constraints.get(series.id);
  if (!upstream || isFailure(upstream) || !upstream.file) return undefined;
  return syncConstraints({
    series: series.id,
    ref: upstream.ref,
    commit: upstream.commit,
    upstream: upstream.file,
    local: series.constraints,
    base: vendoredFrom(series, upstream)?.file,
    overrides: series.overrides,
  });
}

/** The state that the vendored file came from: as it says, else the nearest in upstream's history. */
export function vendoredFrom(series: SeriesCatalog, upstream: UpstreamConstraints) {
  if (upstream.base) return upstream.base;
  if (!series.constraints || !upstream.history) return undefined;
  return nearestBase(series.constraints, upstream.history);
}

function failures(state: UpstreamState): readonly Failure[] {
  return [
    ...[...state.refs].flatMap(([component, answer]) =>
      isFailure(answer) && !isTypo(component, answer, state) ? [answer] : [],
    ),
    ...[...state.constraints.values()].filter(isFailure),
    ...state.tagMetas.flatMap(({ component, tag, unread }) =>
      unread === undefined
        ? []
        : [
            {
              ...{ what: `message of ${component} ${tag}`, why: unread },
              about: { kind: 'component' as const, component },
            },
          ],
    ),
    ...state.reachable.flatMap(({ component, series, unread }) =>
      unread === undefined
        ? []
        : [
            {
              ...{ what: `history of ${component} for ${series}`, why: unread },
              about: { kind: 'component' as const, component, series },
            },
          ],
    ),
  ];
}

/** A name that neither a server nor a list knows is a mistake of the repository's, not of the world's. */
function isTypo(component: string, { absent }: Failure, { releases }: UpstreamState): boolean {
  return absent === true && ![...releases.deliverables.values()].some((one) => one.has(component));
}
