import { extrasPath, overridesPath, policyPath, sourceRefsPath } from '../model/catalog.ts';
import type { Catalog, SeriesCatalog } from '../model/catalog.ts';
import { constraintsPath } from '../model/catalog.ts';
import type { Finding } from '../model/finding.ts';
import type { Image } from '../model/image.ts';
import type { CarriedPatch } from '../model/patch-carry.ts';
import { nearestWord } from '../model/nearest.ts';
import { constraintFindings } from './constraint-findings.ts';
import { lockFindings } from './lock.ts';
import { patchLint } from './patch-lint.ts';
import { applyOverrides } from './overrides.ts';

/** Build contexts whose meaning docs/images-repository.md gives; any other names a component. */
const commonContexts = ['source', 'libraries', 'sources', 'constraints'];

/**
 * What a maintainer should know of the repository, found without asking anybody; `carry` is what was found
 * out about patches in other series, where that was asked for.
 */
export function repositoryFindings(
  catalog: Catalog,
  carry?: readonly CarriedPatch[],
): readonly Finding[] {
  return [
    ...catalog.series.flatMap((series) => seriesFindings(series, catalog)),
    ...[...catalog.images.values()].flatMap((image) => imageFindings(image, catalog)),
    ...policyFindings(catalog),
    ...patchLint(catalog, carry),
  ];
}

/** The same for one series alone. */
export function seriesFindings(series: SeriesCatalog, catalog: Catalog): readonly Finding[] {
  return [
    ...lockFindings(series, catalog),
    ...constraintFileFindings(series),
    ...constraintFindings(pythonOnly(series, catalog), catalog.policy.python),
    ...extraFindings(series, catalog),
    ...queueFindings(series),
  ];
}

/** Constraints know Python distributions: the `ovs` of PyPI is not the OVS that autotools build. */
function pythonOnly(series: SeriesCatalog, { components }: Catalog): SeriesCatalog {
  const pins = series.pins.filter(({ component }) => components.get(component)?.build === 'python');
  return { ...series, pins };
}

function constraintFileFindings(series: SeriesCatalog): readonly Finding[] {
  if (series.constraints) return applyOverrides(series.constraints, series.overrides).findings;
  const missing: Finding = {
    code: 'constraints-missing',
    file: series.overrides ? overridesPath(series.id) : constraintsPath(series.id),
    line: 1,
    level: 'warning',
    message: `series ${series.id} has no upper-constraints.txt`,
    remedy: 'run pinwheel update --write',
  };
  return [missing];
}

function extraFindings(series: SeriesCatalog, catalog: Catalog): readonly Finding[] {
  const pinned = series.pins.map(({ component }) => component);
  const file = extrasPath(series.id);
  return [...series.extras.values()].flatMap(({ service, sources, line }): Finding[] => {
    const unknown =
      catalog.components.get(service)?.kind !== 'service' || !pinned.includes(service);
    const strange = sources.filter((source) => !pinned.includes(source));
    return [
      ...(unknown
        ? [warning('extras-unknown-service', { file, line }, unpinned(service, series.id, pinned))]
        : []),
      ...strange.map((source) =>
        warning('extras-unknown-source', { file, line }, unpinned(source, series.id, pinned)),
      ),
    ];
  });
}

function queueFindings(series: SeriesCatalog): readonly Finding[] {
  const pinned = series.pins.map(({ component }) => component);
  return [...series.queues.values()]
    .filter(({ component }) => !pinned.includes(component))
    .map(({ component, patches }) => {
      const file = patches[0]?.path ?? `patches/${component}/${series.id}`;
      return warning('queue-unpinned', { file, line: 1 }, unpinned(component, series.id, pinned));
    });
}

function imageFindings(image: Image, catalog: Catalog): readonly Finding[] {
  const file = image.dockerfile;
  const components = [...catalog.components.keys()];
  const contexts = image.contexts.filter(
    (context) => !commonContexts.includes(context) && !components.includes(context),
  );
  const undigested = image.external.filter(({ digest }) => digest === undefined);
  return [
    ...contexts.map((context) =>
      warning(
        'context-unknown',
        { file, line: 1 },
        {
          message: `${image.name}: the build context ${context} is neither a component nor one of ${commonContexts.join(', ')}`,
          remedy:
            didYouMean(context, [...commonContexts, ...components]) ??
            'pin a component of that name, or rename the context',
        },
      ),
    ),
    ...undigested.map(({ reference, line }) =>
      warning(
        'base-image-unpinned',
        { file, line },
        {
          message: `${image.name}: ${reference} has no digest, so two builds can differ`,
          remedy: `write ${reference}@sha256:…`,
        },
      ),
    ),
  ];
}

function policyFindings(catalog: Catalog): readonly Finding[] {
  const pinned = [...catalog.components.keys()];
  return catalog.policy.ignore
    .filter(({ component }) => !pinned.includes(component))
    .map(({ component, line }) =>
      warning(
        'ignore-unpinned',
        { file: policyPath, line },
        {
          message: `the policy ignores ${component}, which no series pins`,
          remedy: didYouMean(component, pinned) ?? 'remove the entry',
        },
      ),
    );
}

function unpinned(name: string, series: string, pinned: readonly string[]) {
  return {
    message: `${name} is named here and is no pin of its kind in ${sourceRefsPath(series)}`,
    remedy: didYouMean(name, pinned) ?? `pin it in ${sourceRefsPath(series)}, or remove this`,
  };
}

function didYouMean(word: string, known: readonly string[]): string | undefined {
  const nearest = nearestWord(word, known);
  return nearest === undefined || nearest === word ? undefined : `did you mean ${nearest}?`;
}

function warning(
  code: string,
  place: Pick<Finding, 'file' | 'line'>,
  words: Pick<Finding, 'message' | 'remedy'>,
): Finding {
  return { code, ...place, level: 'warning', ...words };
}
