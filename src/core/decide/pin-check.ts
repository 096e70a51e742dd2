import type { Catalog } from '../model/catalog.ts';
import type { Series } from '../model/series.ts';
import type { Pin } from '../model/source-ref.ts';
import { isFailure } from '../model/upstream.ts';
import type { UpstreamState } from '../model/upstream.ts';
import type { UpdatePlan } from '../model/update.ts';

/** What is wrong with pins where they stand, whether or not anything newer exists. */
export interface PinCheck {
  readonly plan: UpdatePlan;
  /** Pins whose tag the repository does not have. */
  readonly missingTags: readonly { readonly pin: Pin; readonly url: string }[];
  /** Series whose next phase is near or past, with the first pin to point at. */
  readonly ending: readonly { readonly pin: Pin; readonly series: Series }[];
}

/** `horizon` is an ISO date: a series that ends before it is reported. */
export function checkPins(
  catalog: Catalog,
  state: UpstreamState,
  { plan, horizon }: { readonly plan: UpdatePlan; readonly horizon: string },
): PinCheck {
  const pins = catalog.series.flatMap((series) => series.pins);
  return {
    plan,
    missingTags: pins.flatMap((pin) => missingTag(pin, state.refs) ?? []),
    ending: catalog.series.flatMap(({ id, pins: [first] }) => {
      const series = state.releases.series.find((one) => one.id === id);
      return first && series && endsBefore(series, horizon) ? [{ pin: first, series }] : [];
    }),
  };
}

function missingTag(pin: Pin, refs: UpstreamState['refs']): { pin: Pin; url: string } | undefined {
  const answer = refs.get(pin.component);
  if (pin.ref.kind !== 'tag' || !answer || isFailure(answer)) return undefined;
  if (answer.tags.has(pin.ref.tag)) return undefined;
  return { pin, url: answer.url };
}

function endsBefore({ status, nextPhase }: Series, horizon: string): boolean {
  if (status === 'unmaintained' || status === 'eol' || nextPhase?.date === undefined) return false;
  if (nextPhase.status !== 'unmaintained' && nextPhase.status !== 'eol') return false;
  return nextPhase.date <= horizon;
}
