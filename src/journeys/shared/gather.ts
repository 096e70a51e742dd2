import type { Catalog } from '../../core/model/catalog.ts';
import { compareSeriesIds } from '../../core/model/series.ts';
import type { Releases, UpstreamState } from '../../core/model/upstream.ts';
import { historyQuestions, refQuestions, tagQuestions } from '../../core/decide/questions.ts';
import type { Upstream } from '../../edge/upstream/upstream.ts';

export type Upstreams = Pick<
  Upstream,
  'releases' | 'listRefs' | 'tagMetas' | 'reachableTags' | 'constraints' | 'describe'
>;

/**
 * Asks upstream what a decision about a catalog needs, and no more: first what is listed, then the
 * refs of what may move, then the messages of the tags that may be chosen.
 */
export async function gatherUpstream(
  upstream: Upstreams,
  catalog: Catalog,
  pins: 'all pins' | 'only what may move',
): Promise<UpstreamState> {
  const releases = await upstream.releases(withNeighbours(catalog.series.map(({ id }) => id)));
  const [refs, constraints] = await Promise.all([
    upstream.listRefs(refQuestions(catalog, releases, pins), catalog.components),
    upstream.constraints(constraintQuestions(catalog, releases, pins === 'all pins')),
  ]);
  const state = { releases, refs, constraints, tagMetas: [], reachable: [] };
  const reachable = await upstream.reachableTags(historyQuestions(catalog, state));
  const tagMetas = await upstream.tagMetas(tagQuestions(catalog, { ...state, reachable }));
  return { ...state, reachable, tagMetas };
}

/** The series before the oldest and after the newest tell whose version a wrong pin is. Two a year since 2023.1. */
function withNeighbours(ids: readonly string[]): readonly string[] {
  const neighbours = ids.flatMap((id) => {
    const [year = 0, number = 0] = id.split('.').map(Number);
    return number === 1 ? [`${year - 1}.2`, `${year}.2`] : [`${year}.1`, `${year + 1}.1`];
  });
  return [...new Set([...ids, ...neighbours])].sort(compareSeriesIds);
}

function constraintQuestions(catalog: Catalog, releases: Releases, evenIfUnmoved: boolean) {
  return catalog.series
    .filter(({ id }) => releases.series.some((series) => series.id === id))
    .sort((a, b) => compareSeriesIds(a.id, b.id))
    .map(({ id, constraints }) => ({
      series: id,
      status: releases.series.find((series) => series.id === id)?.status ?? 'maintained',
      ...(constraints?.provenance ? { base: constraints.provenance.commit } : {}),
      evenIfUnmoved,
    }));
}
