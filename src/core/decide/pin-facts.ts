import { findSeries } from '../model/catalog.ts';
import type { Catalog } from '../model/catalog.ts';
import type { Component } from '../model/component.ts';
import type { Failure } from '../model/failures.ts';
import { nearestWord } from '../model/nearest.ts';
import { compareSeriesIds } from '../model/series.ts';
import type { Series } from '../model/series.ts';
import { refText } from '../model/source-ref.ts';
import type { Pin } from '../model/source-ref.ts';
import type {
  Deliverable,
  ReachableTags,
  Releases,
  RemoteRefs,
  TagMeta,
  UpstreamState,
} from '../model/upstream.ts';
import type { HeldReason } from '../model/update.ts';

/** All that a decision about one pin may look at. */
export interface PinFacts {
  readonly pin: Pin;
  readonly component: Component;
  /** `undefined` for a series that series_status.yaml does not know. */
  readonly series: Series | undefined;
  readonly deliverable: Deliverable | undefined;
  /** The component's deliverables in every series that was read, its own included, oldest first. */
  readonly deliverables: readonly Deliverable[];
  readonly refs: RemoteRefs | Failure | undefined;
  /** Names of all components that any deliverable lists; a few hundred, and rarely asked for. */
  readonly knownComponents: () => readonly string[];
  readonly tagMeta: (tag: string) => TagMeta | undefined;
  readonly reachable: ReachableTags | undefined;
  /** The commit that the lock holds for this pin. */
  readonly locked: string | undefined;
}

/** Gathers what a catalog and upstream's state say of one pin. */
export function pinFacts(pin: Pin, catalog: Catalog, state: UpstreamState): PinFacts {
  const { series: id, component } = pin;
  return {
    pin,
    component: componentOf(pin, catalog),
    series: seriesOf(id, state.releases),
    deliverable: state.releases.deliverables.get(id)?.get(component),
    deliverables: deliverablesOf(component, state.releases),
    refs: state.refs.get(component),
    knownComponents: () => [
      ...new Set([...state.releases.deliverables.values()].flatMap((of) => [...of.keys()])),
    ],
    tagMeta: (tag) =>
      state.tagMetas.find((meta) => meta.component === component && meta.tag === tag),
    reachable: state.reachable.find((tags) => tags.component === component && tags.series === id),
    locked: lockedCommit(pin, catalog),
  };
}

/** Why a component's repository gave no refs: it is not there (a typo?), or it could not be asked. */
export function withoutRefs(facts: PinFacts, failure: Failure): HeldReason {
  if (facts.deliverables.length > 0 || !failure.absent)
    return { kind: 'unreachable', problem: failure.why };
  const nearest = nearestWord(facts.pin.component, facts.knownComponents());
  return { kind: 'unknown-component', ...(nearest === undefined ? {} : { nearest }) };
}

function seriesOf(id: string, releases: Releases): Series | undefined {
  return releases.series.find((series) => series.id === id);
}

function componentOf(pin: Pin, catalog: Catalog): Component {
  const component = catalog.components.get(pin.component);
  if (!component)
    throw new Error(`${pin.component} is pinned in ${pin.series} and not in the catalog`);
  return component;
}

/** The id of the series before, as upstream counts them; the oldest series have names instead of ids. */
export function previousSeries(id: string, releases: Releases): string | undefined {
  const earlier = releases.series
    .map((series) => series.id)
    .filter((other) => /^\d{4}\.\d+$/.test(other) && other < id);
  return earlier.sort(compareSeriesIds).at(-1);
}

/** What the lock holds for this very ref; an entry of another ref says nothing of this one. */
function lockedCommit({ series, component, ref }: Pin, catalog: Catalog): string | undefined {
  const entry = findSeries(catalog, series)?.lock?.components.get(component);
  return entry?.ref === refText(ref) ? entry.commit : undefined;
}

function deliverablesOf(component: string, releases: Releases): readonly Deliverable[] {
  return [...releases.deliverables.keys()]
    .sort(compareSeriesIds)
    .flatMap((id) => releases.deliverables.get(id)?.get(component) ?? []);
}
