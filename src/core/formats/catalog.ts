import { policyPath } from '../model/catalog.ts';
import type { Catalog, SeriesCatalog } from '../model/catalog.ts';
import { catalogRoots } from '../model/catalog-paths.ts';
import type { Component } from '../model/component.ts';
import type { Finding, Parsed } from '../model/finding.ts';
import type { Image } from '../model/image.ts';
import type { Policy } from '../model/policy.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { compareBytes, readText, symlinkProblems } from './catalog-files.ts';
import { readImageNames, readImages } from './catalog-images.ts';
import { readAllSeries } from './catalog-series.ts';
import { readPolicy } from './policy.ts';

/** Reads all that an images repository declares. Whatever the bytes are, it never throws. */
export function readCatalog(snapshot: Snapshot): Catalog {
  const images = readImages(snapshot);
  return catalogWith(snapshot, images, new Set(images.value.keys()));
}

/**
 * The same without a look into images: `images` is empty, and problems of Dockerfiles are not told.
 * Enough for what is decided about pins, and a third of the time.
 */
export function readCatalogWithoutImages(snapshot: Snapshot): Catalog {
  const { value: names, problems } = readImageNames(snapshot);
  return catalogWith(snapshot, { value: new Map(), problems }, names);
}

function catalogWith(
  snapshot: Snapshot,
  images: Parsed<ReadonlyMap<string, Image>>,
  imageNames: ReadonlySet<string>,
): Catalog {
  const policy = readText(snapshot, policyPath, (text) => readPolicy(text, policyPath));
  const known = policy.value ?? readPolicy(undefined, policyPath).value;
  const series = readAllSeries(snapshot, known.components);
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
