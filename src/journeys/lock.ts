import type { Failure } from '../core/model/failures.ts';
import type { Finding } from '../core/model/finding.ts';
import { lockFindings } from '../core/decide/lock.ts';
import type { WorkingTree } from '../edge/worktree/worktree.ts';
import type { Upstreams } from './shared/gather.ts';
import { lockEdits, resolveLocks } from './shared/locks.ts';
import { workingCatalog } from './shared/usable.ts';

export interface LockWorld {
  readonly upstream: Upstreams;
  readonly workingTree: Pick<WorkingTree, 'read' | 'write'>;
}

export interface LockResult {
  readonly written: readonly string[];
  readonly failed: readonly Failure[];
}

/** Brings the lock of every series up to date with its pins and with the branches they follow. */
export async function lock(world: LockWorld): Promise<LockResult> {
  const catalog = workingCatalog(await world.workingTree.read());
  const resolved = await resolveLocks(world.upstream, catalog, {
    series: catalog.series,
    which: 'all',
  });
  if (resolved.failed.length > 0) return { written: [], failed: resolved.failed };
  return { written: await world.workingTree.write(lockEdits(catalog, resolved)), failed: [] };
}

/** What makes the locks stale, without asking anybody: they have to say what the pins say. */
export async function checkLock(
  world: Pick<LockWorld, 'workingTree'>,
): Promise<readonly Finding[]> {
  const catalog = workingCatalog(await world.workingTree.read());
  return catalog.series.flatMap((series) => lockFindings(series, catalog));
}
