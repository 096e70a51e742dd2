import { constraintsPath, overridesPath } from '../model/catalog.ts';
import type { Catalog, SeriesCatalog } from '../model/catalog.ts';
import { normalizeName, provenanceLine } from '../model/constraints.ts';
import type { ConstraintsFile, ConstraintSet, EffectiveConstraint } from '../model/constraints.ts';
import type { Finding } from '../model/finding.ts';
import { isFailure } from '../model/upstream.ts';
import type { UpstreamState } from '../model/upstream.ts';
import type { KeptEdit } from '../model/update.ts';
import { keptEdits } from './constraint-edits.ts';
import { constraintLines } from './constraint-merge.ts';
import { effectiveConstraints } from './effective.ts';
import { applyOverrides } from './overrides.ts';
import { vendoredFrom } from './update.ts';

/**
 * What a person should know about the constraints of a series, found without asking upstream and
 * beyond what `applyOverrides` says. `python` is that of the images, `3.12`.
 */
export function constraintFindings(series: SeriesCatalog, python: string): readonly Finding[] {
  if (!series.constraints) return [];
  const { set } = applyOverrides(series.constraints, series.overrides);
  const holding = effectiveConstraints({ set, python, built: [] });
  return [
    ...provenanceFindings(series.constraints, series.id),
    ...contradictionFindings(holding, { series, python }),
    ...sourceFindings(holding, series),
  ];
}

/** Hand edits inside the vendored files, where upstream could say what they were made from. */
export function vendoredFindings(catalog: Catalog, state: UpstreamState): readonly Finding[] {
  return catalog.series.flatMap((series) => {
    const upstream = state.constraints.get(series.id);
    if (!series.constraints || !upstream || isFailure(upstream)) return [];
    const base = vendoredFrom(series, upstream);
    return base ? handEditFindings(series.constraints, base.file, series.id) : [];
  });
}

/** Hand edits inside a vendored file, by the upstream state that it was made from. */
function handEditFindings(
  local: ConstraintsFile,
  base: ConstraintsFile,
  series: string,
): readonly Finding[] {
  const upstream = constraintLines(base);
  const files = { base: upstream, local: constraintLines(local), upstream };
  return keptEdits(files, local.entries).map((edit) => editFinding(edit, series));
}

function editFinding(edit: KeptEdit, series: string): Finding {
  const name = edit.marker === '' ? edit.name : `${edit.name} (${edit.marker})`;
  const upstream = edit.upstream === undefined ? 'has no such line' : `has ${edit.upstream}`;
  const done = edit.local === undefined ? 'was removed' : `was set to ${edit.local}`;
  return {
    code: 'constraints-hand-edit',
    file: constraintsPath(series),
    line: edit.line,
    level: 'warning',
    message: `${name} ${done} by hand in a file that is a copy of upstream's, which ${upstream}`,
    remedy: `undo the edit and put ${edit.override} in ${overridesPath(series)}`,
  };
}

function provenanceFindings(local: ConstraintsFile, series: string): readonly Finding[] {
  if (local.provenance) return [];
  const line = provenanceLine({ ref: `stable/${series}`, commit: '<commit>' });
  return [
    {
      code: 'constraints-without-provenance',
      file: local.path,
      line: 1,
      level: 'warning',
      message: `${local.path} does not say which state of openstack/requirements it is, so hand edits can only be told from upstream's changes by guessing`,
      remedy: `write ${line} in the first line, with the commit that the file was taken from`,
    },
  ];
}

interface Check {
  readonly series: SeriesCatalog;
  readonly python: string;
}

/** Two pins of one name that both hold: pip gives up on whatever needs that name. */
function contradictionFindings(holding: ConstraintSet, check: Check): readonly Finding[] {
  return [...Map.groupBy(holding, ({ key }) => key).values()].flatMap((lines) => {
    const [first, ...others] = lines;
    const other = others.find(({ version }) => version !== first?.version);
    return first && other ? [contradiction([first, other], check)] : [];
  });
}

/** At the override, where one of the two is one: that is the line to mend. */
function contradiction(
  [first, second]: readonly [EffectiveConstraint, EffectiveConstraint],
  { series, python }: Check,
): Finding {
  const wrong = [second, first].find(({ origin }) => origin === 'override') ?? second;
  const path = wrong.origin === 'override' ? series.overrides?.path : series.constraints?.path;
  return {
    code: 'constraints-contradict',
    file: path ?? constraintsPath(series.id),
    line: wrong.line,
    level: 'warning',
    message: `${first.name} is pinned to ${first.version} and to ${second.version} for Python ${python}: nothing can be installed that is both`,
    remedy: `remove one of the two lines, or give it a marker that leaves Python ${python} out`,
  };
}

/** Fine for images that build the component; the others install the pinned version from an index. */
function sourceFindings(holding: ConstraintSet, series: SeriesCatalog): readonly Finding[] {
  const constraints = new Map(holding.map((entry) => [entry.key, entry]));
  return series.pins.flatMap(({ component, file, line }): Finding[] => {
    const built = series.lock?.components.get(component)?.version;
    const pinned = constraints.get(normalizeName(component))?.version;
    if (built === undefined || pinned === undefined || built === pinned) return [];
    return [
      {
        code: 'constraints-differ-from-source',
        file,
        line,
        level: 'notice',
        message: `${component} is built from source as ${built}, and the constraints of ${series.id} pin ${pinned}: images that build it get ${built}, the others ${pinned}`,
        remedy: 'leave it, or give both the same version if all images are to have the same one',
      },
    ];
  });
}
