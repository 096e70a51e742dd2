/** Where a series is in its life; the words of the glossary, not those of series_status.yaml. */
export type SeriesStatus = 'future' | 'development' | 'maintained' | 'unmaintained' | 'eol';

/** An OpenStack series, such as 2025.2 flamingo. */
export interface Series {
  /** `2025.2`; the oldest series have none and are known by their name. */
  readonly id: string;
  /** `flamingo`: the folder in openstack/releases. */
  readonly name: string;
  readonly status: SeriesStatus;
  /** ISO dates. */
  readonly initialRelease?: string;
  readonly nextPhase?: { readonly status: SeriesStatus; readonly date?: string };
}

/** Oldest first. Ids are `YYYY.N`, so text order is time order for all that have one. */
export function compareSeriesIds(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
