import type { Catalog, SeriesCatalog } from '../../core/model/catalog.ts';
import { lockPath } from '../../core/model/catalog.ts';
import type { Failure } from '../../core/model/failures.ts';
import type { LockContent } from '../../core/model/lock.ts';
import type { FileEdit } from '../../core/model/snapshot.ts';
import type { Pin } from '../../core/model/source-ref.ts';
import type { LockedSeries } from '../../core/decide/cell-inputs.ts';
import {
  buildLock,
  describeQuestions,
  lockFindings,
  lockQuestions,
  pinsToResolve,
} from '../../core/decide/lock.ts';
import { writeLock } from '../../core/formats/lock.ts';
import type { Upstreams } from './gather.ts';

/** Locks as upstream has them now, and what stood in the way of others. */
export interface ResolvedLocks {
  readonly locks: ReadonlyMap<string, LockContent>;
  readonly failed: readonly Failure[];
}

/** Which pins are looked up anew. */
type Wanted = 'all' | 'stale' | ((series: SeriesCatalog) => readonly Pin[]);

function wantedPins(series: SeriesCatalog, which: Wanted): readonly Pin[] {
  return typeof which === 'string' ? pinsToResolve(series, which) : which(series);
}

/** Resolves the pins of some series: all of them anew, or only those that their lock does not hold. */
export async function resolveLocks(
  upstream: Pick<Upstreams, 'listRefs' | 'describe'>,
  catalog: Catalog,
  { series, which }: { series: readonly SeriesCatalog[]; which: Wanted },
): Promise<ResolvedLocks> {
  const resolved = new Map(series.map((one) => [one.id, wantedPins(one, which)]));
  const pins = [...resolved.values()].flat();
  const facts = await lockFacts(upstream, catalog, pins);
  const locks = new Map<string, LockContent>();
  const failed: Failure[] = [];
  for (const one of series) {
    const built = buildLock(one, catalog, { resolved: resolved.get(one.id) ?? [], facts });
    locks.set(one.id, built.lock);
    failed.push(...built.failed);
  }
  return { locks, failed };
}

/** Edits that bring lock files up to date; none where the text is the same. */
export function lockEdits(catalog: Catalog, { locks }: ResolvedLocks): readonly FileEdit[] {
  return [...locks].flatMap(([id, content]) => {
    const before = catalog.series.find((series) => series.id === id)?.lock;
    const text = writeLock(content);
    if (before && writeLock(before) === text) return [];
    return [{ path: lockPath(id), text }];
  });
}

/**
 * Every series with its lock. Offline where the lock files are up to date; else upstream is asked for
 * what is missing, and `notice` says so once for each series.
 */
export async function lockedSeries(
  upstream: Pick<Upstreams, 'listRefs' | 'describe'>,
  catalog: Catalog,
  notice: (line: string) => void,
): Promise<{ readonly locked: readonly LockedSeries[]; readonly failed: readonly Failure[] }> {
  const stale = catalog.series.filter((series) => lockFindings(series, catalog).length > 0);
  for (const { id } of stale) {
    notice(
      `the lock of ${id} is missing or stale, asking upstream instead; pinwheel lock mends that`,
    );
  }
  const live =
    stale.length > 0
      ? await resolveLocks(upstream, catalog, { series: stale, which: 'stale' })
      : { locks: new Map<string, LockContent>(), failed: [] };
  const locked = catalog.series.flatMap((series) => {
    const lock = live.locks.get(series.id) ?? series.lock;
    return lock ? [{ catalog, series, lock }] : [];
  });
  return { locked, failed: live.failed };
}

async function lockFacts(
  upstream: Pick<Upstreams, 'listRefs' | 'describe'>,
  catalog: Catalog,
  pins: readonly Pin[],
) {
  const refs = await upstream.listRefs(lockQuestions(pins), catalog.components);
  const descriptions = await upstream.describe(describeQuestions(pins, refs));
  return { refs, descriptions };
}
