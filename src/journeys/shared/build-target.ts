import type { Catalog } from '../../core/model/catalog.ts';
import { BrokenRepository, UserError, WorldError } from '../../core/model/failures.ts';
import type { MergeGroup } from '../../core/model/job.ts';
import type { Policy } from '../../core/model/policy.ts';
import type { Snapshot } from '../../core/model/snapshot.ts';
import { catalogCells } from '../../core/decide/build-plan.ts';
import type { CellInputs } from '../../core/decide/cell-inputs.ts';
import { readCatalog } from '../../core/formats/catalog.ts';
import type { PullRequest } from '../../edge/github/pulls.ts';
import type { BuildWorld } from './build-world.ts';
import { underPolicyOf } from './inspect-change.ts';
import { lockedSeries } from './locks.ts';
import type { Reached } from './reach.ts';
import { snapshotOf } from './remote-snapshot.ts';
import { usableCatalog } from './usable.ts';

/** The commit that a build or a command is about. */
export interface BuildTarget {
  readonly reached: Reached;
  readonly head: string;
  /** The pull request, where it is about one. */
  readonly pull?: PullRequest;
  /** The group of a merge queue, where it is one. */
  readonly group?: MergeGroup;
  /** What a newer head takes the place of. */
  readonly lane: string;
  readonly policy: Policy;
  readonly snapshot: Snapshot;
  /** What it is compared with; missing for a branch that is new. */
  readonly base?: Snapshot;
}

/** A pull request's head, under the policy of its base; `undefined` where the base is gone. */
export async function pullTarget(
  world: BuildWorld,
  reached: Reached,
  pull: PullRequest,
): Promise<BuildTarget | undefined> {
  const { repository } = reached;
  const base = await snapshotOf(world.images, repository, pull.base);
  if (!base) return undefined;
  const url = await repository.gitUrl();
  const ref = `refs/pull/${pull.number}/head`;
  const own = await world.images.snapshotAt({ url, ref, commit: pull.headSha });
  const snapshot = underPolicyOf(base.snapshot, own);
  const { policy } = readCatalog(base.snapshot);
  const lane = `pull/${pull.number}`;
  return { reached, head: pull.headSha, pull, lane, policy, snapshot, base: base.snapshot };
}

/** The lane says what the commit was built for; `undefined` where that has another head by now. */
export async function headTarget(
  world: BuildWorld,
  reached: Reached,
  { head, lane }: { readonly head: string; readonly lane: string | undefined },
): Promise<BuildTarget | undefined> {
  const branch = /^branch\/(.+)$/.exec(lane ?? '')?.[1];
  const target = branch === undefined ? undefined : await branchTarget(world, reached, { branch });
  return target?.head === head ? target : undefined;
}

/** What a merge queue would make of the base, under the policy that the base has now. */
export async function groupTarget(
  world: BuildWorld,
  reached: Reached,
  { head, group }: { readonly head: string; readonly group: MergeGroup },
): Promise<BuildTarget | undefined> {
  const { repository } = reached;
  const base = await snapshotOf(world.images, repository, group.base);
  if (!base) return undefined;
  const url = await repository.gitUrl();
  const own = await world.images.snapshotAt({
    ...{ url, ref: `refs/heads/${group.branch}`, commit: head },
  });
  const snapshot = underPolicyOf(base.snapshot, own);
  const { policy } = readCatalog(base.snapshot);
  // Its last part is the commit that it stands on: the next group of the same pull request takes its place.
  const lane = `group/${group.branch.replace(/-[0-9a-f]{40}$/, '')}`;
  return { reached, head, group, lane, policy, snapshot, base: base.snapshot };
}

/** The head of a branch, compared with an earlier commit of it. */
export async function branchTarget(
  world: BuildWorld,
  reached: Reached,
  { branch, before }: { readonly branch: string; readonly before?: string },
): Promise<BuildTarget | undefined> {
  const { repository } = reached;
  const head = await repository.branches.head(branch);
  if (head === undefined) return undefined;
  const url = await repository.gitUrl();
  const ref = `refs/heads/${branch}`;
  const snapshot = await world.images.snapshotAt({ url, ref, commit: head });
  const { policy } = readCatalog(snapshot);
  const common = { reached, head, lane: `branch/${branch}`, policy, snapshot };
  if (before === undefined || /^0+$/.test(before)) return common;
  const base = await world.images.snapshotAt({ url, ref, commit: before });
  return { ...common, base };
}

/** A catalog with the inputs of all its cells. */
export interface TargetCells {
  readonly catalog: Catalog;
  readonly cells: readonly CellInputs[];
}

/** Throws where the files cannot be used, or a pin cannot be resolved. */
export async function cellsOf(world: BuildWorld, snapshot: Snapshot): Promise<TargetCells> {
  const catalog = usableCatalog(snapshot);
  const { locked, failed } = await lockedSeries(world.upstream, catalog, () => undefined);
  const first = failed.find(({ absent }) => absent === true) ?? failed[0];
  if (first?.absent) throw new UserError(`${first.what}: ${first.why}`, 'correct the pin');
  if (first) throw new WorldError(`${first.what}: ${first.why}`, 'it is tried again by itself');
  return { catalog, cells: catalogCells(catalog, locked) };
}

/** Cells of the base; one that cannot be used is what the change may mend: all is new then. */
export async function baseCellsOf(
  world: BuildWorld,
  { base }: BuildTarget,
): Promise<readonly CellInputs[]> {
  if (!base) return [];
  try {
    return (await cellsOf(world, base)).cells;
  } catch (error) {
    if (error instanceof BrokenRepository || error instanceof UserError) return [];
    throw error;
  }
}

/** What a person reads of an error that trying again does not change; `undefined` for others. */
export function lastingProblem(error: unknown): string | undefined {
  if (error instanceof BrokenRepository) {
    const [first] = error.findings;
    return first ? `${first.file}:${first.line}: ${first.message}` : error.message;
  }
  return error instanceof UserError ? `${error.message}: ${error.remedy}` : undefined;
}
