/** One image: a service in a series. */
export interface Cell {
  readonly service: string;
  readonly series: string;
  /** Other series whose pin and inputs are the same, so that they share this image (OVN, OVS). */
  readonly sharedBy: readonly string[];
  readonly ref: string;
  readonly commit: string;
  readonly version: string;
  /** Number of patches in the service's own queue. */
  readonly patches: number;
  /** Input digest: `v1:sha256:…` over all that goes into the image. */
  readonly digest: string;
}

export interface PlannedCell extends Cell {
  readonly reason: string;
}

export interface SkippedCell {
  readonly service: string;
  readonly series: string;
  readonly reason: string;
}

/** Cells to build with the reason for each, and cells left out with the reason for that. */
export interface BuildPlan {
  readonly cells: readonly PlannedCell[];
  readonly skipped: readonly SkippedCell[];
}

/** How a cell is named on a command line and in a table: `nova/2025.2`. */
export function cellName(cell: { readonly service: string; readonly series: string }): string {
  return `${cell.service}/${cell.series}`;
}
