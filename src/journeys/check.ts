import type { Finding } from '../core/model/finding.ts';
import type { PatchRepair } from '../core/model/patch-verdict.ts';
import type { UpstreamState } from '../core/model/upstream.ts';
import { isFailure } from '../core/model/upstream.ts';
import { planUpdate } from '../core/decide/update.ts';
import { readCatalog } from '../core/formats/catalog.ts';
import type { WorkingTree } from '../edge/worktree/worktree.ts';
import type { CarriedForward } from './shared/carry-forward.ts';
import { askUpstream, told, tryPatches, unasked } from './shared/inspect.ts';
import type { Gathered, Inspectable, Inspected, InspectWorld } from './shared/inspect.ts';
import { repairEdits } from './shared/patch-repairs.ts';
import { requireSeriesFolders } from './shared/refuse.ts';
import { narrow, requireSeveral } from './shared/scope.ts';
import type { CheckScope } from './shared/scope.ts';

export interface CheckWorld extends InspectWorld {
  readonly workingTree: Pick<WorkingTree, 'read' | 'write'>;
}

export interface CheckResult extends Inspected {
  /** True where a file cannot be used: nothing else was looked at. */
  readonly broken: boolean;
  /** What was written to the patches; missing where nobody asked. All else is as it is after that. */
  readonly fixed?: readonly PatchRepair[];
}

export interface CheckRequest extends CheckScope {
  /** Refresh and drop patches in the working tree: all that can be, or none. */
  readonly fix: boolean;
  /** Try each patch in the other series of its component too. Not together with `fix`. */
  readonly carryForward: boolean;
}

/** Validates the repository: its files, what they say of one another, and what upstream says of the pins. */
export async function check(world: CheckWorld, request: CheckRequest): Promise<CheckResult> {
  const none = request.fix && { fixed: [] };
  const tree = await readTree(world, request);
  if (tree.problems.length > 0) {
    return { queues: [], findings: tree.problems, failed: [], broken: true, ...none };
  }
  if (request.carryForward) requireSeveral(tree.catalog);
  const state = await askUpstream(world, tree.catalog);
  if (isFailure(state)) {
    return { ...unasked(tree.catalog, request, state), broken: false, ...none };
  }
  const tried = await tryPatches(world, tree, { state, repair: request.fix });
  const fixed = tried.queues.flatMap(({ repairs = [] }) => repairs);
  const carried = request.carryForward ? await carryOver(world, tree, state) : undefined;
  const asked = { state, scope: request, ...(carried && { carried }) };
  if (fixed.length === 0) return { ...(await tell(world, { ...asked, tree, tried })), ...none };
  await world.workingTree.write(repairEdits(fixed));
  const after = await readTree(world, request);
  const again = await tryPatches(world, after, { state, repair: true });
  return { ...(await tell(world, { ...asked, tree: after, tried: again })), fixed };
}

async function tell(world: CheckWorld, gathered: Omit<Gathered, 'plan'>): Promise<CheckResult> {
  const plan = planUpdate(gathered.tree.catalog, gathered.state, world.today());
  return { ...(await told(world, { ...gathered, plan })), broken: false };
}

interface Tree extends Inspectable {
  readonly problems: readonly Finding[];
}

async function readTree({ workingTree }: CheckWorld, scope: CheckScope): Promise<Tree> {
  const snapshot = await workingTree.read();
  const whole = readCatalog(snapshot);
  if (whole.problems.length > 0) return { snapshot, problems: whole.problems, catalog: whole };
  requireSeriesFolders(whole);
  return { snapshot, problems: [], catalog: narrow(whole, scope) };
}

/** Loaded by those who ask: it is as much work again for each series. */
async function carryOver(
  { trials }: CheckWorld,
  { catalog, snapshot }: Tree,
  { refs }: UpstreamState,
): Promise<CarriedForward> {
  const { carryForward } = await import('./shared/carry-forward.ts');
  return carryForward({ trials, snapshot }, catalog, refs);
}
