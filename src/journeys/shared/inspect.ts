import type { Catalog } from '../../core/model/catalog.ts';
import { WorldError } from '../../core/model/failures.ts';
import type { Failure } from '../../core/model/failures.ts';
import { byPlace } from '../../core/model/finding.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { CarriedPatch } from '../../core/model/patch-carry.ts';
import type { JudgedQueue } from '../../core/model/patch-verdict.ts';
import type { Snapshot } from '../../core/model/snapshot.ts';
import type { Held, UpdatePlan } from '../../core/model/update.ts';
import { isFailure } from '../../core/model/upstream.ts';
import type { UpstreamState } from '../../core/model/upstream.ts';
import { checkPins } from '../../core/decide/pin-check.ts';
import { repositoryFindings, seriesFindings } from '../../core/decide/repository-findings.ts';
import { planUpdate } from '../../core/decide/update.ts';
import { vendoredFindings } from '../../core/decide/constraint-findings.ts';
import {
  endingFinding,
  heldFinding,
  missingTagFinding,
  moveFinding,
} from '../../core/render/pin-findings.ts';
import { patchFindings } from '../../core/render/patch-verdicts.ts';
import type { PatchTrials } from '../../edge/git/patch-trial.ts';
import type { CarriedForward } from './carry-forward.ts';
import { explainConflicts } from './explain-conflicts.ts';
import { gatherUpstream } from './gather.ts';
import type { Upstreams } from './gather.ts';
import { pinnedTargets, tryQueues } from './patch-queues.ts';
import type { TrialOptions, TriedQueues } from './patch-queues.ts';
import { wholeRepository } from './scope.ts';
import type { CheckScope } from './scope.ts';

export interface InspectWorld {
  readonly upstream: Upstreams;
  readonly trials: PatchTrials;
  /** ISO dates: today, and the day until which ending series are reported. */
  readonly today: () => string;
  readonly horizon: () => string;
}

/** An images repository whose files can all be used. */
export interface Inspectable {
  /** As far as it is looked at. */
  readonly catalog: Catalog;
  readonly snapshot: Snapshot;
}

export interface Inspected {
  /** Every patch queue that could be tried, with its verdicts. */
  readonly queues: readonly JudgedQueue[];
  /** In the order of their places. */
  readonly findings: readonly Finding[];
  readonly failed: readonly Failure[];
  /** How each patch stands in the other series; missing where nobody asked. */
  readonly carry?: readonly CarriedPatch[];
}

/** All that there is to say of a repository; without a plan where upstream could not be asked at all. */
export async function inspect(
  world: InspectWorld,
  tree: Inspectable,
): Promise<Inspected & { readonly plan?: UpdatePlan }> {
  const scope = wholeRepository;
  const state = await askUpstream(world, tree.catalog);
  if (isFailure(state)) return unasked(tree.catalog, scope, state);
  const tried = await tryPatches(world, tree, { state, repair: false });
  const plan = planUpdate(tree.catalog, state, world.today());
  return { ...(await told(world, { tree, scope, state, plan, tried })), plan };
}

/** What would move under the policy of a catalog; undefined where upstream cannot be asked. */
export async function planOf(
  world: InspectWorld,
  catalog: Catalog,
): Promise<UpdatePlan | undefined> {
  const state = await askUpstream(world, catalog);
  return isFailure(state) ? undefined : planUpdate(catalog, state, world.today());
}

/** What is found without asking anybody. Images and the policy belong to no series. */
export function offlineFindings(
  catalog: Catalog,
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

/** What there is to say where upstream does not answer. */
export function unasked(catalog: Catalog, scope: CheckScope, failure: Failure): Inspected {
  const findings = offlineFindings(catalog, scope).toSorted(byPlace);
  return { queues: [], findings, failed: [failure] };
}

export async function askUpstream(
  { upstream }: InspectWorld,
  catalog: Catalog,
): Promise<UpstreamState | Failure> {
  try {
    return await gatherUpstream(upstream, catalog, 'all pins');
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    return { what: 'upstream', why: error.message };
  }
}

/** Every queue on the source that its series pins. */
export function tryPatches(
  { trials }: InspectWorld,
  { catalog, snapshot }: Inspectable,
  { state, ...options }: TrialOptions & { readonly state: UpstreamState },
): Promise<TriedQueues> {
  return tryQueues({ trials, snapshot }, pinnedTargets(catalog, state.refs), options);
}

export interface Gathered {
  readonly tree: Inspectable;
  readonly scope: CheckScope;
  readonly state: UpstreamState;
  readonly plan: UpdatePlan;
  readonly tried: TriedQueues;
  readonly carried?: CarriedForward;
}

/** What there is to say of the files, of what upstream says of the pins, and of what git says of the patches. */
export async function told(world: InspectWorld, gathered: Gathered): Promise<Inspected> {
  const { tree, scope, state, plan, carried } = gathered;
  const { catalog, snapshot } = tree;
  const targets = pinnedTargets(catalog, state.refs);
  const trialWorld = { trials: world.trials, snapshot };
  const tried = await explainConflicts(trialWorld, gathered.tried, targets);
  const pins = checkPins(catalog, state, { plan, horizon: world.horizon() });
  const findings = [
    ...offlineFindings(catalog, scope, carried),
    ...oncePerSeries(plan.held).flatMap((held) => heldFinding(held) ?? []),
    ...plan.moves.flatMap((move) => moveFinding(move) ?? []),
    ...pins.missingTags.map(missingTagFinding),
    ...pins.ending.map(endingFinding),
    ...(scope.components.length === 0 ? vendoredFindings(catalog, state) : []),
    ...patchFindings(tried.queues),
  ];
  return {
    queues: tried.queues,
    findings: findings.sort(byPlace),
    failed: [
      ...plan.failed,
      ...tried.failed,
      ...untriedQueues(catalog, gathered.state),
      ...(carried?.failed ?? []),
    ],
    ...(carried && { carry: carried.carry }),
  };
}

/** Queues whose source is not known, because upstream did not say where it is. */
function untriedQueues({ series }: Catalog, { refs }: UpstreamState): readonly Failure[] {
  return series.flatMap(({ id, pins, queues }) =>
    pins.flatMap(({ component }): readonly Failure[] => {
      const found = refs.get(component);
      const isAsked = !found || !isFailure(found) || found.absent === true;
      if (isAsked || !queues.has(component)) return [];
      const about = { kind: 'patches', component, series: id } as const;
      return [{ what: `patches of ${component} (${id})`, why: found.why, about }];
    }),
  );
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
