import type { Marker } from './marker.ts';

/** One pin of a constraints file: `name===version` with an optional PEP 508 marker. */
export interface Constraint {
  /** As the file spells it: `PyMySQL`, `zc.lockfile`. */
  readonly name: string;
  /** The PEP 503 name, by which names are compared: `pymysql`, `zc-lockfile`. */
  readonly key: string;
  readonly version: string;
  /** The marker as written, without spaces at its ends; `''` for none. */
  readonly markerText: string;
  readonly marker?: Marker;
  /** Line in its file, from 1. */
  readonly line: number;
}

/** The commit of openstack/requirements that a vendored upper-constraints.txt was taken from. */
export interface Provenance {
  /** `stable/2025.2`, `unmaintained/2024.1`, or a tag such as `2024.2-eol`. */
  readonly ref: string;
  readonly commit: string;
  readonly line: number;
}

/** The first line of a vendored file: where it came from. */
export function provenanceLine({ ref, commit }: Omit<Provenance, 'line'>): string {
  return `# openstack/requirements ${ref} ${commit} (synced by pinwheel)`;
}

/** A constraints file as text and as entries. Line ends stay in `lines`, so that joining gives the file back. */
export interface ConstraintsFile {
  readonly path: string;
  /** Every line with its own line end; the provenance line included. */
  readonly lines: readonly string[];
  readonly entries: readonly Constraint[];
  readonly provenance?: Provenance;
}

/** One line of overrides/<series>/constraints.txt. */
export type Override =
  | {
      readonly kind: 'set';
      readonly name: string;
      readonly key: string;
      readonly version: string;
      readonly markerText: string;
      readonly marker?: Marker;
      readonly line: number;
    }
  | { readonly kind: 'remove'; readonly name: string; readonly key: string; readonly line: number };

export interface OverridesFile {
  readonly path: string;
  readonly entries: readonly Override[];
}

/** Where a line of a ConstraintSet came from. */
type ConstraintOrigin = 'upstream' | 'override' | 'source';

/** One line of a ConstraintSet. */
export interface EffectiveConstraint {
  readonly name: string;
  readonly key: string;
  readonly version: string;
  readonly markerText: string;
  readonly marker?: Marker;
  readonly origin: ConstraintOrigin;
  /** Line in the file of its origin; 0 for `source`. */
  readonly line: number;
}

/** upper-constraints.txt with overrides applied, in upstream's order. */
export type ConstraintSet = readonly EffectiveConstraint[];

/** The PEP 503 form of a distribution's name. */
export function normalizeName(name: string): string {
  return name.replace(/[-_.]+/g, '-').toLowerCase();
}

/** Identifies an entry within its file: one name may stand twice, under different markers. */
export function entryKey(entry: { readonly key: string; readonly markerText: string }): string {
  return `${entry.key};${entry.markerText.replace(/\s+/g, '').replaceAll('"', "'")}`;
}

/** A pin as a constraints file spells it: `name===version`, then `;` and the marker if it has one. */
export function constraintLine(entry: {
  readonly name: string;
  readonly version: string;
  readonly markerText: string;
}): string {
  const pin = `${entry.name}===${entry.version}`;
  return entry.markerText === '' ? pin : `${pin};${entry.markerText}`;
}
