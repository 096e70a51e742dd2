import { createHash } from 'node:crypto';
import type { Catalog, SeriesCatalog } from '../model/catalog.ts';
import type { ConstraintSet } from '../model/constraints.ts';
import type { Image } from '../model/image.ts';
import type { LockContent, LockedComponent } from '../model/lock.ts';
import type { Cell, InputPart } from '../model/plan.ts';
import { effectiveConstraints } from './effective.ts';
import { applyOverrides } from './overrides.ts';

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
function builtComponents(image: Image, { catalog, series }: LockedSeries): readonly string[] {
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
  const { catalog, series, lock } = locked;
  if (!series.constraints) return [];
  // PyPI's `ovs` is a Python binding with versions of its own, not the OVS that autotools build.
  const python = builtComponents(image, locked).filter(
    (name) => catalog.components.get(name)?.build === 'python',
  );
  const built = python.flatMap((name) => {
    const entry = lock.components.get(name);
    return entry ? [{ name, version: entry.version }] : [];
  });
  const { set } = applyOverrides(series.constraints, series.overrides);
  return effectiveConstraints({ set, python: lock.python, built });
}

/** The constraints of a whole series for a target Python: overrides applied, nothing built from source. */
export function seriesConstraints(series: SeriesCatalog, python: string): ConstraintSet {
  if (!series.constraints) return [];
  const { set } = applyOverrides(series.constraints, series.overrides);
  return effectiveConstraints({ set, python, built: [] });
}

/** The cell of a service in a series, with its inputs; `undefined` where the series does not pin it. */
export function cellInputs(image: Image, locked: LockedSeries): CellInputs | undefined {
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

function inputParts(image: Image, locked: LockedSeries): InputParts {
  const { catalog, series, lock } = locked;
  const images = withBases(image, catalog);
  const chain = images.slice(1);
  const uses = contextsOf(images);
  const built = builtComponents(image, locked);
  const own = built.filter((name) => name === image.name);
  const sources = built.filter((name) => sourcesOf(images, series).includes(name));
  const libraries = built.filter((name) => name !== image.name && !sources.includes(name));
  const python = uses.has('constraints') || catalog.components.get(image.name)?.build === 'python';
  const parts: [InputPart, readonly InputEntry[]][] = [
    ['source', own.flatMap((name) => sourceEntry(lock.components.get(name)))],
    ['patches', own.flatMap((name) => patchEntries(series, name))],
    ['libraries', libraries.flatMap((name) => componentEntries(locked, name))],
    ['sources', sources.flatMap((name) => componentEntries(locked, name))],
    ['constraints', uses.has('constraints') ? constraintEntries(image, locked) : []],
    ['extra packages', images.flatMap(({ name }) => extraEntries(series, name, image.name))],
    ['image files', fileEntries(image)],
    ['base images', chain.flatMap((base) => baseEntries(base, lock))],
    ['python', python ? [{ name: 'python', value: lock.python, label: lock.python }] : []],
  ];
  const base = externalEntries(image, lock);
  return new Map(
    parts.map(([part, entries]) => [
      part,
      sorted(part === 'base images' ? [...entries, ...base] : entries),
    ]),
  );
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

function constraintEntries(image: Image, locked: LockedSeries): readonly InputEntry[] {
  // What is built from source is among the libraries already, with its version and its commit.
  const fromFiles = cellConstraints(image, locked).filter(({ origin }) => origin !== 'source');
  return fromFiles.map(({ key, version, markerText }) => ({
    name: markerText === '' ? key : `${key};${markerText}`,
    value: version,
    label: version,
  }));
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
