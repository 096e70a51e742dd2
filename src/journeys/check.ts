import type { Catalog } from '../core/model/catalog.ts';
import { WorldError } from '../core/model/failures.ts';
import type { Failure } from '../core/model/failures.ts';
import { byPlace } from '../core/model/finding.ts';
import type { Finding } from '../core/model/finding.ts';
import type { CarriedPatch } from '../core/model/patch-carry.ts';
import type { JudgedQueue, PatchRepair } from '../core/model/patch-verdict.ts';
import type { Snapshot } from '../core/model/snapshot.ts';
import type { Held } from '../core/model/update.ts';
import { isFailure } from '../core/model/upstream.ts';
import type { UpstreamState } from '../core/model/upstream.ts';
import { checkPins } from '../core/decide/pin-check.ts';
import { repositoryFindings, seriesFindings } from '../core/decide/repository-findings.ts';
import { planUpdate } from '../core/decide/update.ts';
import { vendoredFindings } from '../core/decide/constraint-findings.ts';
import { readCatalog } from '../core/formats/catalog.ts';
import {
  endingFinding,
  heldFinding,
  missingTagFinding,
  moveFinding,
} from '../core/render/pin-findings.ts';
import { patchFindings } from '../core/render/patch-verdicts.ts';
import type { PatchTrials } from '../edge/git/patch-trial.ts';
import type { WorkingTree } from '../edge/worktree/worktree.ts';
import type { CarriedForward } from './shared/carry-forward.ts';
import { explainConflicts } from './shared/explain-conflicts.ts';
import { gatherUpstream } from './shared/gather.ts';
import type { Upstreams } from './shared/gather.ts';
import { pinnedTargets, tryQueues } from './shared/patch-queues.ts';
import type { TriedQueues } from './shared/patch-queues.ts';
import { repairEdits } from './shared/patch-repairs.ts';
import { requireSeriesFolders } from './shared/refuse.ts';
import { narrow, requireSeveral } from './shared/scope.ts';
import type { CheckScope } from './shared/scope.ts';

export interface CheckWorld {
  readonly upstream: Upstreams;
  readonly workingTree: Pick<WorkingTree, 'read' | 'write'>;
  readonly trials: PatchTrials;
  /** ISO dates: today, and the day until which ending series are reported. */
  readonly today: () => string;
  readonly horizon: () => string;
}

export interface CheckResult {
  /** Every patch queue that could be tried, with its verdicts. */
  readonly queues: readonly JudgedQueue[];
  readonly findings: readonly Finding[];
  readonly failed: readonly Failure[];
  /** True where a file cannot be used: nothing else was looked at. */
  readonly broken: boolean;
  /** How each patch stands in the other series; missing where nobody asked. */
  readonly carry?: readonly CarriedPatch[];
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
    const findings = offlineFindings(tree, request).toSorted(byPlace);
    return { queues: [], findings, failed: [state], broken: false, ...none };
  }
  const tried = await tryPatches(world, tree, { state, repair: request.fix });
  const fixed = tried.queues.flatMap(({ repairs = [] }) => repairs);
  const carried = request.carryForward ? await carryOver(world, tree, state) : undefined;
  const asked = { state, request, ...(carried && { carried }) };
  if (fixed.length === 0) return { ...(await told(world, { ...asked, tree, tried })), ...none };
  await world.workingTree.write(repairEdits(fixed));
  const after = await readTree(world, request);
  const again = await tryPatches(world, after, { state, repair: true });
  return { ...(await told(world, { ...asked, tree: after, tried: again })), fixed };
}

interface Tree {
  readonly snapshot: Snapshot;
  readonly problems: readonly Finding[];
  /** As far as it was asked for. */
  readonly catalog: Catalog;
}

async function readTree({ workingTree }: CheckWorld, scope: CheckScope): Promise<Tree> {
  const snapshot = await workingTree.read();
  const whole = readCatalog(snapshot);
  if (whole.problems.length > 0) return { snapshot, problems: whole.problems, catalog: whole };
  requireSeriesFolders(whole);
  return { snapshot, problems: [], catalog: narrow(whole, scope) };
}

/** Images and the policy belong to no series. */
function offlineFindings(
  { catalog }: Tree,
  { series, components }: CheckScope,
  carried?: CarriedForward,
): readonly Finding[] {
  // A component's own findings are those of its pins and patches; files as a whole belong to nobody.
  if (components.length > 0) return [];
  if (series.length > 0) return catalog.series.flatMap((one) => seriesFindings(one, catalog));
  const warnings = catalog.warnings ?? [];
  const unreadable = new Set(warnings.map(({ file }) => file));
  const findings = repositoryFindings(catalog, carried?.carry);
  // A lock that cannot be read is there all the same.
  const rest = findings.filter(
    ({ code, file }) => code !== 'lock-missing' || !unreadable.has(file),
  );
  return [...warnings, ...rest];
}

/** That a series is unknown is one mistake, however many pins it has. */
function oncePerSeries(all: readonly Held[]): readonly Held[] {
  const told = new Set<string>();
  return all.filter(({ pin, why }) => {
    if (why.kind !== 'unknown-series') return true;
    const first = !told.has(pin.series);
    told.add(pin.series);
    return first;
  });
}

async function askUpstream(
  { upstream }: CheckWorld,
  catalog: Catalog,
): Promise<UpstreamState | Failure> {
  try {
    return await gatherUpstream(upstream, catalog, 'all pins');
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    return { what: 'upstream', why: error.message };
  }
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

function tryPatches(
  { trials }: CheckWorld,
  { catalog, snapshot }: Tree,
  { state, repair }: { readonly state: UpstreamState; readonly repair: boolean },
): Promise<TriedQueues> {
  return tryQueues({ trials, snapshot }, pinnedTargets(catalog, state.refs), { repair });
}

interface Checked {
  readonly request: CheckRequest;
  readonly tree: Tree;
  readonly state: UpstreamState;
  readonly tried: TriedQueues;
  readonly carried?: CarriedForward;
}

/** What there is to say of the files, of what upstream says of the pins, and of what git says of the patches. */
async function told(world: CheckWorld, checked: Checked): Promise<CheckResult> {
  const { request, tree, state, carried } = checked;
  const { catalog, snapshot } = tree;
  const targets = pinnedTargets(catalog, state.refs);
  const trialWorld = { trials: world.trials, snapshot };
  const tried = await explainConflicts(trialWorld, checked.tried, targets);
  const plan = planUpdate(catalog, state, world.today());
  const pins = checkPins(catalog, state, { plan, horizon: world.horizon() });
  const findings = [
    ...offlineFindings(tree, request, carried),
    ...oncePerSeries(plan.held).flatMap((held) => heldFinding(held) ?? []),
    ...plan.moves.flatMap((move) => moveFinding(move) ?? []),
    ...pins.missingTags.map(missingTagFinding),
    ...pins.ending.map(endingFinding),
    ...(request.components.length === 0 ? vendoredFindings(catalog, state) : []),
    ...patchFindings(tried.queues),
  ];
  return {
    queues: tried.queues,
    findings: findings.sort(byPlace),
    failed: [...plan.failed, ...tried.failed, ...(carried?.failed ?? [])],
    broken: false,
    ...(carried && { carry: carried.carry }),
  };
}
