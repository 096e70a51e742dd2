import { policyPath } from '../model/catalog.ts';
import type { Catalog, SeriesCatalog } from '../model/catalog.ts';
import { catalogRoots } from '../model/catalog-paths.ts';
import type { Component } from '../model/component.ts';
import type { Finding, Parsed } from '../model/finding.ts';
import type { Image } from '../model/image.ts';
import type { PatchQueue } from '../model/patch.ts';
import type { Policy } from '../model/policy.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { compareBytes, readText, symlinkProblems } from './catalog-files.ts';
import { readAllSeries } from './catalog-series.ts';
import { readImageNames } from './image-folders.ts';
import { readPolicy } from './policy.ts';

/** What `readPins` leaves out, because it is much to load and to read. */
export interface CatalogParts {
  readonly images: Parsed<ReadonlyMap<string, Image>>;
  readonly imageNames: ReadonlySet<string>;
  /** By series, then by component. */
  readonly queues: Parsed<ReadonlyMap<string, ReadonlyMap<string, PatchQueue>>>;
}

/**
 * The catalog without a look into images and patches: `images` and `queues` are empty, and what is
 * wrong with them is not told. Enough for what is decided about pins, and a third of the time.
 */
export function readPins(snapshot: Snapshot): Catalog {
  const { value: imageNames, problems } = readImageNames(snapshot);
  const images = { value: new Map<string, Image>(), problems };
  return joinCatalog(snapshot, { images, imageNames, queues: { value: new Map(), problems: [] } });
}

/** Reads policy and series, and joins them with the parts that were read already. */
export function joinCatalog(
  snapshot: Snapshot,
  { images, imageNames, queues }: CatalogParts,
): Catalog {
  const policy = readText(snapshot, policyPath, (text) => readPolicy(text, policyPath));
  const known = policy.value ?? readPolicy(undefined, policyPath).value;
  const series = readAllSeries(snapshot, known.components, queues);
  const findings = [policy, series, images].flatMap(({ problems }) => problems);
  const all = [...findings, ...symlinkProblems(snapshot, catalogRoots)].sort(byPlace);
  const warnings = all.filter(({ level }) => level !== 'failure');
  return {
    policy: known,
    components: readComponents(series.value, { policy: known, imageNames }),
    series: series.value,
    images: images.value,
    problems: all.filter(({ level }) => level === 'failure'),
    ...(warnings.length > 0 && { warnings }),
  };
}

function byPlace(a: Finding, b: Finding): number {
  return compareBytes(a.file, b.file) || a.line - b.line;
}

/** A component is what some series pins. */
function readComponents(
  series: readonly SeriesCatalog[],
  known: { readonly policy: Policy; readonly imageNames: ReadonlySet<string> },
): ReadonlyMap<string, Component> {
  const names = new Set(series.flatMap(({ pins }) => pins.map(({ component }) => component)));
  return new Map([...names].sort(compareBytes).map((name) => [name, component(name, known)]));
}

function component(
  name: string,
  known: { readonly policy: Policy; readonly imageNames: ReadonlySet<string> },
): Component {
  const policy = known.policy.components.get(name) ?? { build: 'python', tag: '{version}' };
  return { name, kind: known.imageNames.has(name) ? 'service' : 'library', ...policy };
}
