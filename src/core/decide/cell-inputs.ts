import { createHash } from 'node:crypto';
import type { Catalog, SeriesCatalog } from '../model/catalog.ts';
import { normalizeName } from '../model/constraints.ts';
import type { ConstraintSet } from '../model/constraints.ts';
import type { Image } from '../model/image.ts';
import type { LockContent, LockedComponent } from '../model/lock.ts';
import type { Cell, InputPart } from '../model/plan.ts';
import { effectiveConstraints } from './effective.ts';
import { overriddenSet } from './overrides.ts';

/** One thing that goes into an image: `value` is hashed, `label` is what a person reads. */
export interface InputEntry {
  readonly name: string;
  readonly value: string;
  readonly label: string;
}

/** All that goes into an image, by part, each part sorted by name. */
type InputParts = ReadonlyMap<InputPart, readonly InputEntry[]>;

/** A cell and what its digest was made of. */
export interface CellInputs {
  readonly cell: Cell;
  readonly parts: InputParts;
}

/** A series with its lock: from its file, or resolved just now. */
export interface LockedSeries {
  readonly catalog: Catalog;
  readonly series: SeriesCatalog;
  readonly lock: LockContent;
}

/** Format of the digest: another way to hash gets another number, so that the two never meet. */
const digestFormat = 'v1';

/**
 * The components that are built from source into an image: the service, however its Dockerfile gets
 * at the version (`tags` names it), libraries, out-of-tree sources, and those of the images below it.
 */
export function builtComponents(
  image: Image,
  { catalog, series }: LockedSeries,
): readonly string[] {
  const images = withBases(image, catalog);
  const names = images.map(({ name }) => name);
  const contexts = contextsOf(images);
  const sources = sourcesOf(images, series);
  const extra = new Set([...series.extras.values()].flatMap((extras) => extras.sources));
  const built = series.pins
    .map((pin) => pin.component)
    .filter((name) => {
      if (names.includes(name) || contexts.has(name)) return true;
      if (sources.includes(name)) return contexts.has('sources');
      const component = catalog.components.get(name);
      const library = component?.kind === 'library' && component.build === 'python';
      return library && contexts.has('libraries') && !extra.has(name);
    });
  return built.sort();
}

function contextsOf(images: readonly Image[]): ReadonlySet<string> {
  return new Set(images.flatMap((image) => image.contexts));
}

function sourcesOf(images: readonly Image[], series: SeriesCatalog): readonly string[] {
  return images.flatMap(({ name }) => series.extras.get(name)?.sources ?? []);
}

/** The effective constraints of a cell: overrides applied, for its Python, its own sources in place. */
export function cellConstraints(image: Image, locked: LockedSeries): ConstraintSet {
  const built = builtDistributions(builtComponents(image, locked), locked);
  return effectiveConstraints({ set: seriesSet(locked.series), python: locked.lock.python, built });
}

/** The constraints of a whole series for a target Python: overrides applied, nothing built from source. */
export function seriesConstraints(series: SeriesCatalog, python: string): ConstraintSet {
  return effectiveConstraints({ set: seriesSet(series), python, built: [] });
}

function seriesSet({ constraints, overrides }: SeriesCatalog): ConstraintSet {
  return constraints ? overriddenSet(constraints, overrides) : [];
}

/** PyPI's `ovs` is a Python binding with versions of its own, not the OVS that autotools build. */
function builtDistributions(components: readonly string[], { catalog, lock }: LockedSeries) {
  const python = components.filter((name) => catalog.components.get(name)?.build === 'python');
  return python.flatMap((name) => {
    const entry = lock.components.get(name);
    return entry ? [{ name, version: entry.version }] : [];
  });
}

/**
 * A series, and the constraints of a cell that builds some components, sorted. They are most of what goes
 * into a cell, and cells that build the same pinned packages share them: hundreds of cells stay small.
 */
interface SharedSeries extends LockedSeries {
  readonly constraintEntries: (components: readonly string[]) => readonly InputEntry[];
}

/** Works out once what the cells of a series have in common. */
export function shareSeries(locked: LockedSeries): SharedSeries {
  const set = seriesSet(locked.series);
  const pinned = new Set(set.map(({ key }) => key));
  const shared = new Map<string, readonly InputEntry[]>();
  return {
    ...locked,
    constraintEntries: (components) => {
      const all = builtDistributions(components, locked);
      const built = all.filter(({ name }) => pinned.has(normalizeName(name)));
      const names = built.map(({ name }) => name).join(' ');
      const entries =
        shared.get(names) ??
        constraintEntries(effectiveConstraints({ set, python: locked.lock.python, built }));
      shared.set(names, entries);
      return entries;
    },
  };
}

/** The cell of a service in a series, with its inputs; `undefined` where the series does not pin it. */
export function cellInputs(image: Image, locked: SharedSeries): CellInputs | undefined {
  const { series, lock } = locked;
  const source = lock.components.get(image.name);
  const pin = series.pins.find(({ component }) => component === image.name);
  if (!source || !pin) return undefined;
  const parts = inputParts(image, locked);
  return {
    cell: {
      service: image.name,
      series: series.id,
      sharedBy: [],
      ref: source.ref,
      commit: source.commit,
      version: source.version,
      patches: series.queues.get(image.name)?.patches.length ?? 0,
      digest: inputDigest(parts),
    },
    parts,
  };
}

/** `v1:sha256:<hex>` over names and values of every part. */
function inputDigest(parts: InputParts): string {
  const content = [...parts].map(([part, entries]) => [
    part,
    entries.map(({ name, value }) => [name, value]),
  ]);
  const hash = createHash('sha256').update(JSON.stringify([digestFormat, content]));
  return `${digestFormat}:sha256:${hash.digest('hex')}`;
}

function inputParts(image: Image, locked: SharedSeries): InputParts {
  const { catalog, series, lock } = locked;
  const images = withBases(image, catalog);
  const chain = images.slice(1);
  const uses = contextsOf(images);
  const built = builtComponents(image, locked);
  const own = built.filter((name) => name === image.name);
  const sources = built.filter((name) => sourcesOf(images, series).includes(name));
  const libraries = built.filter((name) => name !== image.name && !sources.includes(name));
  const python = uses.has('constraints') || catalog.components.get(image.name)?.build === 'python';
  const base = [...chain.flatMap((one) => baseEntries(one, lock)), ...externalEntries(image, lock)];
  return new Map<InputPart, readonly InputEntry[]>([
    ['source', sorted(own.flatMap((name) => sourceEntry(lock.components.get(name))))],
    ['patches', sorted(own.flatMap((name) => patchEntries(series, name)))],
    ['libraries', sorted(libraries.flatMap((name) => componentEntries(locked, name)))],
    ['sources', sorted(sources.flatMap((name) => componentEntries(locked, name)))],
    ['constraints', uses.has('constraints') ? locked.constraintEntries(built) : []],
    [
      'extra packages',
      sorted(images.flatMap(({ name }) => extraEntries(series, name, image.name))),
    ],
    ['image files', sorted(fileEntries(image))],
    ['base images', sorted(base)],
    ['python', python ? [{ name: 'python', value: lock.python, label: lock.python }] : []],
  ]);
}

/** An image, and every image of this repository that it is built on, nearest first. A loop ends where it began. */
function withBases(image: Image, catalog: Catalog): readonly Image[] {
  const chain = new Map([[image.name, image]]);
  const queue = [...image.bases];
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    const base = catalog.images.get(name);
    if (!base || chain.has(name)) continue;
    chain.set(name, base);
    queue.push(...base.bases);
  }
  return [...chain.values()];
}

function sourceEntry(entry: LockedComponent | undefined): readonly InputEntry[] {
  if (!entry) return [];
  const { component, version, commit } = entry;
  return [
    { name: component, value: `${version} ${commit}`, label: `${version} (${commit.slice(0, 8)})` },
  ];
}

function patchEntries(series: SeriesCatalog, component: string): readonly InputEntry[] {
  const patches = series.queues.get(component)?.patches ?? [];
  return patches.map(({ name, sha256 }) => ({
    name: `${component}/${name}`,
    value: sha256,
    label: sha256.slice(0, 8),
  }));
}

function componentEntries({ series, lock }: LockedSeries, name: string): readonly InputEntry[] {
  return [...sourceEntry(lock.components.get(name)), ...patchEntries(series, name)];
}

function constraintEntries(effective: ConstraintSet): readonly InputEntry[] {
  // What is built from source is among the libraries already, with its version and its commit.
  const fromFiles = effective.filter(({ origin }) => origin !== 'source');
  return sorted(
    fromFiles.map(({ key, version, markerText }) => ({
      name: markerText === '' ? key : `${key};${markerText}`,
      value: version,
      label: version,
    })),
  );
}

function extraEntries(series: SeriesCatalog, service: string, cell: string): readonly InputEntry[] {
  const extras = series.extras.get(service);
  if (!extras) return [];
  const whose = service === cell ? '' : `${service} `;
  const lists = [
    ['pip_extras', extras.pipExtras],
    ['pip_packages', extras.pipPackages],
    ['apt_packages', extras.aptPackages],
  ] as const;
  return lists.flatMap(([list, items]) =>
    [...new Set(items)].map((item) => ({ name: `${whose}${list} ${item}`, value: '', label: '' })),
  );
}

function fileEntries(image: Image): readonly InputEntry[] {
  return image.files.map(({ path, mode, sha256 }) => ({
    name: `${image.name}/${path}`,
    value: `${mode} ${sha256}`,
    label: sha256.slice(0, 8),
  }));
}

function baseEntries(image: Image, lock: LockContent): readonly InputEntry[] {
  return [...fileEntries(image), ...externalEntries(image, lock)];
}

function externalEntries(image: Image, lock: LockContent): readonly InputEntry[] {
  return image.external.map(({ reference, digest }) => {
    const known = digest ?? lock.baseImages.get(reference) ?? 'any';
    return { name: reference, value: known, label: known.slice(0, 15) };
  });
}

function sorted(entries: readonly InputEntry[]): readonly InputEntry[] {
  return [...entries].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
