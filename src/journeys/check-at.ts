import type { Catalog, SeriesCatalog } from '../core/model/catalog.ts';
import { UserError, WorldError } from '../core/model/failures.ts';
import type { Failure } from '../core/model/failures.ts';
import { byPlace } from '../core/model/finding.ts';
import type { Finding } from '../core/model/finding.ts';
import type { PatchQueue } from '../core/model/patch.ts';
import type { JudgedQueue } from '../core/model/patch-verdict.ts';
import { isFailure } from '../core/model/upstream.ts';
import type { RemoteRefs } from '../core/model/upstream.ts';
import {
  askedPrefixes,
  askedRef,
  findName,
  likelyBranch,
  nearestRefs,
} from '../core/decide/named-ref.ts';
import type { AskedRef } from '../core/decide/named-ref.ts';
import { queueLint } from '../core/decide/patch-lint.ts';
import { readCatalog } from '../core/formats/catalog.ts';
import { refProblem } from '../core/formats/ref-name.ts';
import { findingsElsewhere } from '../core/render/patch-elsewhere.ts';
import { patchFindings } from '../core/render/patch-verdicts.ts';
import type { PatchTrials } from '../edge/git/patch-trial.ts';
import type { WorkingTree } from '../edge/worktree/worktree.ts';
import { explainConflicts } from './shared/explain-conflicts.ts';
import type { Upstreams } from './shared/gather.ts';
import { tryQueues } from './shared/patch-queues.ts';
import type { QueueTarget } from './shared/patch-queues.ts';
import { requireSeriesFolders } from './shared/refuse.ts';
import { narrow } from './shared/scope.ts';
import type { CheckScope } from './shared/scope.ts';

export interface CheckAtWorld {
  readonly upstream: Pick<Upstreams, 'listRefs'>;
  readonly workingTree: Pick<WorkingTree, 'read'>;
  readonly trials: PatchTrials;
}

export interface CheckAtResult {
  readonly queues: readonly JudgedQueue[];
  readonly findings: readonly Finding[];
  readonly failed: readonly Failure[];
  /** True where a file cannot be used: nothing was tried. */
  readonly broken: boolean;
}

/** Tries the queues of one component on another ref than the one that is pinned; pins are not looked at. */
export async function checkAt(
  world: CheckAtWorld,
  { at, ...scope }: CheckScope & { readonly at: string },
): Promise<CheckAtResult> {
  const asked = readAsked(at);
  const snapshot = await world.workingTree.read();
  const whole = readCatalog(snapshot);
  if (whole.problems.length > 0) {
    return { queues: [], findings: whole.problems, failed: [], broken: true };
  }
  requireSeriesFolders(whole);
  const catalog = withOneComponent(whole, scope);
  const queues = catalog.series.flatMap((series) => [...series.queues.values()]);
  const targets = await targetsAt(world, catalog, { queues, asked, at });
  const trialWorld = { trials: world.trials, snapshot };
  const tried = await tryQueues(trialWorld, targets);
  const { failed } = tried;
  const [first] = failed;
  if (first?.absent) throw missing(first.why, [], 'check that the commit was pushed there');
  const { queues: judged } = await explainConflicts(trialWorld, tried, targets);
  const findings = [...lint(catalog, queues), ...findingsElsewhere(patchFindings(judged))];
  return { queues: judged, findings: findings.sort(byPlace), failed, broken: false };
}

function readAsked(at: string): AskedRef {
  const asked = askedRef(at);
  const problem = asked.kind === 'name' ? refProblem(asked.name) : undefined;
  if (!problem) return asked;
  throw new UserError(
    `the ref ${JSON.stringify(at.slice(0, 200))} of --at ${problem.what}`,
    'give a tag, a branch or a commit of 40 digits',
  );
}

/** The catalog with the queues of one component: a ref is one repository's. */
function withOneComponent(whole: Catalog, scope: CheckScope): Catalog {
  const { components, series } = scope;
  const catalog = narrow(whole, scope);
  const asked = components.length > 0 ? components : [...catalog.components.keys()];
  const carrying = asked.filter((name) => catalog.series.some(({ queues }) => queues.has(name)));
  const [component] = carrying;
  if (component === undefined) {
    const where = series.length > 0 ? series.join(', ') : 'any series';
    const what = components.length > 0 ? components.join(', ') : 'anything';
    throw new UserError(`no patches of ${what} are carried in ${where}`, carriedHere(whole));
  }
  if (carrying.length > 1) {
    throw new UserError(
      `--at is a ref of one component, and there are patches of ${carrying.join(', ')}`,
      'name one of them with --component',
    );
  }
  return { ...catalog, series: catalog.series.map((one) => withQueuesOf(one, component)) };
}

function withQueuesOf(series: SeriesCatalog, component: string): SeriesCatalog {
  const queue = series.queues.get(component);
  return { ...series, queues: new Map(queue && [[component, queue]]) };
}

function carriedHere({ series }: Catalog): string {
  const names = new Set(series.flatMap(({ queues }) => [...queues.keys()]));
  return names.size > 0 ? `there are patches of ${[...names].join(', ')}` : 'leave --at away';
}

interface Asked {
  readonly queues: readonly PatchQueue[];
  readonly asked: AskedRef;
  /** As it was typed. */
  readonly at: string;
}

async function targetsAt(
  { upstream }: CheckAtWorld,
  { components }: Catalog,
  { queues, asked, at }: Asked,
): Promise<readonly QueueTarget[]> {
  const component = queues[0]?.component ?? '';
  async function list(prefixes: readonly string[]): Promise<RemoteRefs> {
    const answers = await upstream.listRefs([{ component, prefixes }], components);
    return answered(answers.get(component));
  }
  const refs = await list(askedPrefixes(asked));
  const { url } = refs;
  if (asked.kind === 'commit') {
    const { commit } = asked;
    return queues.map((queue) => {
      const ref = likelyBranch(commit, queue.series, refs);
      return { queue, source: { url, ref, commit }, ref: at };
    });
  }
  const found = findName(asked, refs);
  if (found.kind === 'missing') {
    const nearest = nearestRefs(asked.name, await list(['refs/heads/', 'refs/tags/']));
    throw missing(`${url} has no tag or branch ${at}`, nearest, 'give one that it has');
  }
  if (found.kind === 'ambiguous') {
    throw new UserError(
      `${url} has both a tag and a branch ${at}`,
      `write refs/tags/${at} or refs/heads/${at}`,
    );
  }
  const { ref, commit } = found;
  return queues.map((queue) => ({ queue, source: { url, ref, commit }, ref: at }));
}

function answered(answer: RemoteRefs | Failure | undefined): RemoteRefs {
  if (!answer) throw new Error('a component that was asked about has no answer');
  if (!isFailure(answer)) return answer;
  const { what, why, absent } = answer;
  if (absent) throw missing(why, [], 'correct the name of the component');
  throw new WorldError(`${what}: ${why}`, 'try again once upstream can be asked');
}

function missing(message: string, nearest: readonly string[], remedy: string): UserError {
  return new UserError(
    message,
    nearest.length > 0 ? `did you mean ${nearest.join(' or ')}?` : remedy,
  );
}

/** What can be said of the queues without trying them. */
function lint(catalog: Catalog, queues: readonly PatchQueue[]): readonly Finding[] {
  const folders = queues.map(({ component, series }) => `patches/${component}/${series}/`);
  const strays = (catalog.warnings ?? []).filter(({ file }) =>
    folders.some((folder) => file.startsWith(folder)),
  );
  return [...strays, ...queues.flatMap(queueLint)];
}
