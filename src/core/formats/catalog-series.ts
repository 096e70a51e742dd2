import {
  constraintsPath,
  extrasPath,
  lockPath,
  overridesPath,
  sourceRefsPath,
} from '../model/catalog.ts';
import type { SeriesCatalog } from '../model/catalog.ts';
import type { Finding, Parsed } from '../model/finding.ts';
import type { Lock } from '../model/lock.ts';
import type { PatchQueue } from '../model/patch.ts';
import type { Policy } from '../model/policy.ts';
import { compareSeriesIds } from '../model/series.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { pathsBelow, readText } from './catalog-files.ts';
import { readConstraints } from './constraints.ts';
import { readExtras } from './extra-packages.ts';
import { readLock } from './lock.ts';
import { seriesId } from './names.ts';
import { readOverrides } from './overrides.ts';
import { failure } from './problem.ts';
import { shownText } from './shown-text.ts';
import { readSourceRefs } from './source-refs.ts';
import type { SourceRefsContext } from './source-refs.ts';

/** Of one series, by component. */
type Queues = ReadonlyMap<string, PatchQueue>;

/** Reads releases/ and overrides/, and joins them with the queues of patches/; oldest first. */
export function readAllSeries(
  snapshot: Snapshot,
  components: Policy['components'],
  queues: Parsed<ReadonlyMap<string, Queues>>,
): Parsed<readonly SeriesCatalog[]> {
  const releases = folders(snapshot, 'releases/');
  const ids = [...releases.keys()].filter((id) => seriesId.test(id)).sort(compareSeriesIds);
  const read = ids.map((id) => {
    const context = { series: id, path: sourceRefsPath(id), components };
    return readSeries(snapshot, context, queues.value.get(id) ?? new Map());
  });
  return {
    value: read.map(({ value }) => value),
    problems: [
      ...queues.problems,
      ...read.flatMap(({ problems }) => problems),
      ...[...releases].filter(([id]) => !seriesId.test(id)).map(unknownFolder),
      ...strayFolders(snapshot, { ids, queues: queues.value }),
    ],
  };
}

function readSeries(
  snapshot: Snapshot,
  context: SourceRefsContext,
  queues: Queues,
): Parsed<SeriesCatalog> {
  const { series: id, path: refsPath } = context;
  const refs = readText(snapshot, refsPath, (text) => readSourceRefs(text, context));
  const parts = {
    constraints: readAt(snapshot, constraintsPath(id), readConstraints),
    overrides: readAt(snapshot, overridesPath(id), readOverrides),
    extras: readAt(snapshot, extrasPath(id), readExtras),
    lock: readSeriesLock(snapshot, id),
  };
  const { constraints, overrides, extras, lock } = parts;
  const value: SeriesCatalog = {
    id,
    pins: refs.value ?? [],
    ...(constraints.value && { constraints: constraints.value }),
    ...(overrides.value && { overrides: overrides.value }),
    extras: extras.value ?? new Map(),
    ...(lock.value && { lock: lock.value }),
    queues,
  };
  const missing = snapshot.files.has(refsPath) ? [] : [missingRefs(id)];
  const problems = [refs, ...Object.values(parts)].flatMap((part) => part.problems);
  return { value, problems: [...missing, ...problems] };
}

function readAt<T>(
  snapshot: Snapshot,
  path: string,
  read: (text: string, path: string) => Parsed<T>,
): Parsed<T | undefined> {
  return readText(snapshot, path, (text) => read(text, path));
}

/** A lock is derived: one that cannot be used is as good as none, and "pinwheel lock" makes it anew. */
function readSeriesLock(snapshot: Snapshot, id: string): Parsed<Lock | undefined> {
  const path = lockPath(id);
  const { value, problems } = readText(snapshot, path, (text) => readLock(text, path, id));
  if (problems.length === 0) return { value, problems };
  return { value: undefined, problems: problems.map((one) => ({ ...one, level: 'warning' })) };
}

/** Paths by the name of the folder that they are in below `root`; files directly in it are no folder. */
function folders(snapshot: Snapshot, root: string): ReadonlyMap<string, readonly string[]> {
  const paths = pathsBelow(snapshot, root).filter((path) => path.split('/').length > 2);
  return Map.groupBy(paths, (path) => path.split('/')[1] ?? '');
}

/** Patches and overrides that nothing would read: mostly a slip in the folder's name. */
function strayFolders(
  snapshot: Snapshot,
  known: { readonly ids: readonly string[]; readonly queues: ReadonlyMap<string, Queues> },
): readonly Finding[] {
  const patched = [...known.queues].flatMap(([id, queues]) =>
    [...queues.values()].flatMap(({ patches }) =>
      patches.slice(0, 1).map(({ path }) => [id, path]),
    ),
  );
  const overridden = [...folders(snapshot, 'overrides/')].map(([id, paths]) => [id, paths[0]]);
  return [...patched, ...overridden].flatMap(([id = '', path = '']) =>
    known.ids.includes(id) ? [] : [strayFolder(id, path)],
  );
}

function strayFolder(id: string, path: string): Finding {
  return failure(
    { file: path, line: 1 },
    {
      code: 'unknown-series-folder',
      message: `${shownText(path)} is for the series ${shownText(id)}, which releases/ does not have`,
      remedy: `move it to a series of releases/, or add releases/${shownText(id)}`,
    },
  );
}

function unknownFolder([id, paths]: readonly [string, readonly string[]]): Finding {
  return failure(
    { file: paths[0] ?? `releases/${id}`, line: 1 },
    {
      code: 'unknown-series-folder',
      message: `releases/${shownText(id)} is not named as a series is`,
      remedy: 'rename the folder to the id of a series, such as 2025.2, or move it elsewhere',
    },
  );
}

function missingRefs(id: string): Finding {
  return failure(
    { file: sourceRefsPath(id), line: 1 },
    {
      code: 'missing-source-refs',
      message: `series ${id} has no source-refs.yaml, so nothing is pinned in it`,
      remedy: `add ${sourceRefsPath(id)}, or remove the folder`,
    },
  );
}
