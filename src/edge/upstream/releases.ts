import { basename, dirname, join } from 'node:path';
import { readDeliverable } from '../../core/formats/deliverable.ts';
import { readSeriesStatus } from '../../core/formats/series-status.ts';
import { WorldError } from '../../core/model/failures.ts';
import type { Series } from '../../core/model/series.ts';
import { isFailure } from '../../core/model/upstream.ts';
import type { Deliverable, Releases } from '../../core/model/upstream.ts';
import { realUrl } from './asking.ts';
import type { Asking } from './asking.ts';
import { askRepository } from './refs.ts';
import { loadPart, storePart } from './releases-cache.ts';
import type { DeliverablesPart, ReleasesCache, SeriesPart } from './releases-cache.ts';

interface Source {
  readonly url: string;
  readonly ref: string;
  readonly commit: string;
  readonly cache: ReleasesCache;
}

const statusPath = 'data/series_status.yaml';
const statusPart = 'series-status';
const branches = ['master', 'main'];

/**
 * What openstack/releases lists for some series: one request where nothing has changed since the
 * last time, else one for the series and one for the deliverables. Throws `WorldError`.
 */
export async function readReleases(wanted: readonly string[], asking: Asking): Promise<Releases> {
  const source = await findSource(asking);
  const status = await readStatus(source, asking);
  const ids = new Set(wanted);
  const series = status.series.filter(({ id }) => ids.has(id));
  const parts = await readDeliverables(series, source, asking);
  const problems = [status, ...parts.values()].flatMap((part) => part.problems);
  return {
    commit: source.commit,
    series: status.series,
    deliverables: new Map(
      [...parts].map(([id, { deliverables }]) => [id, byComponent(deliverables)]),
    ),
    ...(problems.length > 0 ? { problems } : {}),
  };
}

async function findSource(asking: Asking): Promise<Source> {
  const prefixes = branches.map((branch) => `refs/heads/${branch}`);
  const refs = await askRepository({ name: 'releases' }, prefixes, asking);
  asking.onProgress?.(1, 1, 'refs of releases');
  if (isFailure(refs)) throw unreadable(refs.why);
  for (const branch of branches) {
    const commit = refs.heads.get(branch);
    if (commit === undefined) continue;
    const cache = { dir: join(asking.cacheDir, 'releases'), commit };
    return { url: realUrl(refs.url, asking), ref: `refs/heads/${branch}`, commit, cache };
  }
  throw unreadable(`${refs.url} has neither a branch master nor main`);
}

async function readStatus(source: Source, asking: Asking): Promise<SeriesPart> {
  const cached = await loadPart<SeriesPart>(source.cache, statusPart);
  if (cached) return cached;
  const text = (await readFiles([statusPath], source, asking)).get(statusPath);
  if (text === undefined) throw unreadable(`${source.commit.slice(0, 8)} has no ${statusPath}`);
  const { value, problems } = readSeriesStatus(text);
  if (value.length === 0) {
    throw unreadable(problems[0]?.message ?? `${statusPath} names no series`);
  }
  await storePart(source.cache, statusPart, { series: value, problems });
  return { series: value, problems };
}

async function readDeliverables(
  wanted: readonly Series[],
  source: Source,
  asking: Asking,
): Promise<ReadonlyMap<string, DeliverablesPart>> {
  const parts = new Map<string, DeliverablesPart>();
  const missing: Series[] = [];
  for (const series of wanted) {
    const cached = await loadPart<DeliverablesPart>(source.cache, series.id);
    if (cached) parts.set(series.id, cached);
    else missing.push(series);
  }
  if (missing.length === 0) return parts;
  const folders = missing.map(({ name }) => `deliverables/${name}`);
  const files = await readFiles(folders, source, asking);
  for (const series of missing) {
    const part = parseDeliverables(series, files);
    parts.set(series.id, part);
    await storePart(source.cache, series.id, part);
  }
  return parts;
}

function parseDeliverables(series: Series, files: ReadonlyMap<string, string>): DeliverablesPart {
  const folder = `deliverables/${series.name}`;
  const parsed = [...files]
    .filter(([path]) => dirname(path) === folder && path.endsWith('.yaml'))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, text]) =>
      readDeliverable(text, { name: basename(path, '.yaml'), series: series.id }),
    );
  return {
    deliverables: parsed.flatMap(({ value }) => value),
    problems: parsed.flatMap(({ problems }) => problems),
  };
}

function byComponent(deliverables: readonly Deliverable[]): ReadonlyMap<string, Deliverable> {
  return new Map(deliverables.map((each) => [basename(each.repository), each]));
}

async function readFiles(
  paths: readonly string[],
  source: Source,
  asking: Asking,
): Promise<ReadonlyMap<string, string>> {
  const { url, commit, ref } = source;
  const files = await asking.limitGit(() => asking.git.readFiles({ url, commit, ref, paths }));
  asking.onProgress?.(1, 1, `${paths.join(', ')} of releases`);
  return files;
}

function unreadable(why: string): WorldError {
  return new WorldError(
    `openstack/releases cannot be read: ${why}`,
    'run pinwheel doctor to see what is in the way, then try again',
  );
}
