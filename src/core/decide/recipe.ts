import type { Catalog, SeriesCatalog } from '../model/catalog.ts';
import type { Image } from '../model/image.ts';
import type { Recipe, RecipeSource, SourceRole } from '../model/recipe.ts';
import { builtComponents, cellInputs, shareSeries } from './cell-inputs.ts';
import type { LockedSeries } from './cell-inputs.ts';

/** What a build of a service in a series is given; `undefined` where the series does not pin it. */
export function cellRecipe(image: Image, locked: LockedSeries): Recipe | undefined {
  const inputs = cellInputs(image, shareSeries(locked));
  if (!inputs) return undefined;
  const { catalog, series, lock } = locked;
  const { cell } = inputs;
  const sources = builtComponents(image, locked).flatMap((name) => {
    const one = sourceOf(name, { image, locked });
    return one ? [one] : [];
  });
  return {
    service: cell.service,
    series: series.id,
    digest: cell.digest,
    bases: basesOf(image, catalog),
    contexts: image.contexts,
    sources,
    args: buildArgs(cell, series),
    labels: new Map([
      ['pinwheel.series', series.id],
      ['pinwheel.input-digest', cell.digest],
      ['pinwheel.ref', cell.ref],
      ['pinwheel.commit', cell.commit],
      ['pinwheel.patches', String(cell.patches)],
      ['pinwheel.python', lock.python],
    ]),
  };
}

function sourceOf(
  name: string,
  { image, locked }: { readonly image: Image; readonly locked: LockedSeries },
): RecipeSource | undefined {
  const { catalog, series, lock } = locked;
  const entry = lock.components.get(name);
  if (!entry) return undefined;
  const upstream = catalog.components.get(name)?.upstream;
  return {
    component: name,
    role: roleOf(name, { image, series }),
    commit: entry.commit,
    version: entry.version,
    ...(upstream === undefined ? {} : { upstream }),
    patches: (series.queues.get(name)?.patches ?? []).map((patch) => patch.name),
  };
}

function roleOf(
  name: string,
  { image, series }: { readonly image: Image; readonly series: SeriesCatalog },
): SourceRole {
  if (name === image.name) return 'source';
  return series.extras.get(image.name)?.sources.includes(name) ? 'sources' : 'libraries';
}

function buildArgs(
  cell: { readonly service: string; readonly version: string },
  series: SeriesCatalog,
): ReadonlyMap<string, string> {
  const extras = series.extras.get(cell.service);
  return new Map([
    ['PBR_VERSION', cell.version],
    ['PIP_EXTRAS', (extras?.pipExtras ?? []).join(',')],
    // One a line: a marker has spaces in it.
    ['PIP_PACKAGES', (extras?.pipPackages ?? []).join('\n')],
    ['APT_PACKAGES', (extras?.aptPackages ?? []).join(' ')],
  ]);
}

/** The images below this one, lowest first. */
function basesOf(image: Image, catalog: Catalog): readonly string[] {
  const ordered: string[] = [];
  function visit(name: string, path: readonly string[]): void {
    const base = catalog.images.get(name);
    if (!base || path.includes(name)) return;
    for (const below of base.bases) visit(below, [...path, name]);
    if (!ordered.includes(name)) ordered.push(name);
  }
  for (const name of image.bases) visit(name, [image.name]);
  return ordered;
}
