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

/** Why a cell is built. `parts` are the inputs that differ, in words: `source`, `constraints`. */
export type BuildReason =
  | { readonly kind: 'all' }
  | { readonly kind: 'asked' }
  | { readonly kind: 'new' }
  | { readonly kind: 'changed'; readonly changes: readonly InputChange[] };

/** One input of a cell that differs between base and head. */
export interface InputChange {
  readonly part: InputPart;
  /** `28.0.1 → 28.0.2`, or the names that differ. */
  readonly detail?: string;
}

/** The inputs of a cell, by which a person reasons about a rebuild. */
export type InputPart =
  | 'source'
  | 'patches'
  | 'libraries'
  | 'sources'
  | 'constraints'
  | 'extra packages'
  | 'image files'
  | 'base images'
  | 'python';

export interface PlannedCell extends Cell {
  readonly why: BuildReason;
}

export type SkipReason =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'not-pinned' }
  | { readonly kind: 'shared'; readonly with: string }
  | { readonly kind: 'not-asked' };

export interface SkippedCell {
  readonly service: string;
  readonly series: string;
  readonly why: SkipReason;
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
