import type { Catalog } from '../core/model/catalog.ts';
import { UserError, WorldError } from '../core/model/failures.ts';
import type { Failure } from '../core/model/failures.ts';
import type { Finding } from '../core/model/finding.ts';
import { nearestWord } from '../core/model/nearest.ts';
import type { JudgedQueue } from '../core/model/patch-verdict.ts';
import type { Snapshot } from '../core/model/snapshot.ts';
import type { Held } from '../core/model/update.ts';
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
import { gatherUpstream } from './shared/gather.ts';
import type { Upstreams } from './shared/gather.ts';
import { pinnedTargets, tryQueues } from './shared/patch-queues.ts';
import { requireSeriesFolders } from './shared/refuse.ts';

export interface CheckWorld {
  readonly upstream: Upstreams;
  readonly workingTree: Pick<WorkingTree, 'read'>;
  readonly trials: PatchTrials;
  /** ISO dates: today, and the day until which ending series are reported. */
  readonly today: () => string;
  readonly horizon: () => string;
}

/** Which part of the repository to look at; empty means all of it. */
export interface CheckScope {
  readonly series: readonly string[];
  readonly components: readonly string[];
}

export interface CheckResult {
  /** Every patch queue that could be tried, with its verdicts. */
  readonly queues: readonly JudgedQueue[];
  readonly findings: readonly Finding[];
  readonly failed: readonly Failure[];
  /** True where a file cannot be used: nothing else was looked at. */
  readonly broken: boolean;
}

/** Validates the repository: its files, what they say of one another, and what upstream says of the pins. */
export async function check(world: CheckWorld, scope: CheckScope): Promise<CheckResult> {
  const snapshot = await world.workingTree.read();
  const whole = readCatalog(snapshot);
  if (whole.problems.length > 0) {
    return { queues: [], findings: whole.problems, failed: [], broken: true };
  }
  requireSeriesFolders(whole);
  const catalog = narrow(whole, scope);
  // A component's own findings are those of its pins and patches; files as a whole belong to nobody.
  const offline = scope.components.length === 0 ? offlineFindings(catalog, scope) : [];
  const online = await askUpstream(world, { catalog, snapshot, scope });
  return { ...online, findings: [...offline, ...online.findings].sort(byPlace), broken: false };
}

/** Images and the policy belong to no series. */
function offlineFindings(catalog: Catalog, { series }: CheckScope): readonly Finding[] {
  if (series.length > 0) return catalog.series.flatMap((one) => seriesFindings(one, catalog));
  const warnings = catalog.warnings ?? [];
  const unreadable = new Set(warnings.map(({ file }) => file));
  const findings = repositoryFindings(catalog);
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

interface Checked {
  readonly catalog: Catalog;
  readonly snapshot: Snapshot;
  readonly scope: CheckScope;
}

/** What upstream says of the pins, and git of the patches on their sources. */
async function askUpstream(
  world: CheckWorld,
  { catalog, snapshot, scope: { components } }: Checked,
): Promise<Omit<CheckResult, 'broken'>> {
  try {
    const state = await gatherUpstream(world.upstream, catalog, 'all pins');
    const plan = planUpdate(catalog, state, world.today());
    const checked = checkPins(catalog, state, { plan, horizon: world.horizon() });
    const { trials } = world;
    const targets = pinnedTargets(catalog, state.refs);
    const tried = await tryQueues({ trials, snapshot }, targets);
    const findings = [
      ...oncePerSeries(plan.held).flatMap((held) => heldFinding(held) ?? []),
      ...plan.moves.flatMap((move) => moveFinding(move) ?? []),
      ...checked.missingTags.map(missingTagFinding),
      ...checked.ending.map(endingFinding),
      ...(components.length === 0 ? vendoredFindings(catalog, state) : []),
      ...patchFindings(tried.queues),
    ];
    return { queues: tried.queues, findings, failed: [...plan.failed, ...tried.failed] };
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    return { queues: [], findings: [], failed: [{ what: 'upstream', why: error.message }] };
  }
}

/** The catalog with only some series and components; a name that does not exist is the caller's mistake. */
function narrow(catalog: Catalog, { series, components }: CheckScope): Catalog {
  const ids = catalog.series.map(({ id }) => id);
  requireKnown('series', series, ids);
  requireKnown('component', components, [...catalog.components.keys()]);
  return {
    ...catalog,
    series: catalog.series
      .filter(({ id }) => series.length === 0 || series.includes(id))
      .map((one) => ({
        ...one,
        pins: one.pins.filter(
          ({ component }) => components.length === 0 || components.includes(component),
        ),
      })),
  };
}

function requireKnown(noun: string, asked: readonly string[], known: readonly string[]): void {
  const unknown = asked.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const nearest = nearestWord(unknown, known);
  const meant = nearest === undefined ? '' : `did you mean ${nearest}? `;
  const remedy = `${meant}there is ${known.join(', ')}`;
  throw new UserError(`there is no ${noun} ${unknown} here`, remedy);
}

function byPlace(a: Finding, b: Finding): number {
  return a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1;
}
