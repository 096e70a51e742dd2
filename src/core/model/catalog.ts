import type { Component } from './component.ts';
import type { ConstraintsFile, OverridesFile } from './constraints.ts';
import type { Extras } from './extras.ts';
import type { Finding } from './finding.ts';
import type { Image } from './image.ts';
import type { Lock } from './lock.ts';
import type { PatchQueue } from './patch.ts';
import type { Policy } from './policy.ts';
import type { Pin } from './source-ref.ts';

/** releases/<series>, and what stands in patches/ and overrides/ for it. */
export interface SeriesCatalog {
  readonly id: string;
  readonly pins: readonly Pin[];
  readonly constraints?: ConstraintsFile;
  readonly overrides?: OverridesFile;
  readonly extras: ReadonlyMap<string, Extras>;
  readonly lock?: Lock;
  /** By component, those with at least one patch. */
  readonly queues: ReadonlyMap<string, PatchQueue>;
}

/** All that the images repository declares at one commit. */
export interface Catalog {
  readonly policy: Policy;
  readonly components: ReadonlyMap<string, Component>;
  /** Oldest first. */
  readonly series: readonly SeriesCatalog[];
  readonly images: ReadonlyMap<string, Image>;
  /** What could not be read: with any of these, a command that acts refuses to. */
  readonly problems: readonly Finding[];
  /** What was read all the same but should be changed, and locks that cannot be used: they are derived. */
  readonly warnings?: readonly Finding[];
}

export function sourceRefsPath(series: string): string {
  return `releases/${series}/source-refs.yaml`;
}

export function lockPath(series: string): string {
  return `releases/${series}/source-refs.lock.yaml`;
}

export function constraintsPath(series: string): string {
  return `releases/${series}/upper-constraints.txt`;
}

export function overridesPath(series: string): string {
  return `overrides/${series}/constraints.txt`;
}

export function extrasPath(series: string): string {
  return `releases/${series}/extra-packages.yaml`;
}

export const policyPath = '.github/pinwheel.yml';

export function findSeries(catalog: Catalog, id: string): SeriesCatalog | undefined {
  return catalog.series.find((series) => series.id === id);
}
