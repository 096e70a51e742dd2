import type { Catalog } from '../core/model/catalog.ts';
import { findSeries } from '../core/model/catalog.ts';
import { WorldError } from '../core/model/failures.ts';
import type { PatchFile, PatchQueue } from '../core/model/patch.ts';
import type { AppliedQueue } from '../core/model/patch-apply.ts';
import type { PatchVerdict } from '../core/model/patch-verdict.ts';
import type { Snapshot } from '../core/model/snapshot.ts';
import { counts, nextStep, triedPaths } from '../core/decide/patch-queue.ts';
import { refusePatch } from '../core/decide/patch-safety.ts';
import { aboutPatch, judgePatch } from '../core/decide/patch-verdict.ts';
import type { BenchState, PatchBench } from '../edge/git/patch-bench.ts';
import type { SourceTree } from '../edge/worktree/source-tree.ts';
import type { WorkingTree } from '../edge/worktree/worktree.ts';
import { requireKnown } from './shared/scope.ts';
import { workingCatalog } from './shared/usable.ts';

export interface ApplyWorld {
  readonly workingTree: Pick<WorkingTree, 'read'>;
  /** The folder that the patches are for. */
  readonly source: SourceTree;
  readonly openBench: () => Promise<PatchBench>;
}

export interface ApplyRequest {
  readonly component: string;
  readonly series: string;
}

/**
 * Applies the queue of a component to its source in a folder, for a build: all of it or nothing. It needs
 * no network and no lock, and does not ask whether the source is the one that is pinned.
 */
export async function applyQueue(world: ApplyWorld, request: ApplyRequest): Promise<AppliedQueue> {
  const snapshot = await world.workingTree.read();
  const queue = findQueue(workingCatalog(snapshot), request);
  const paths = queue ? triedPaths(queue) : [];
  // Also where there is nothing to apply: a build that names the wrong folder should hear of it.
  const { files, finished } = await world.source.read(paths);
  const { root: source } = world.source;
  if (!queue) return { ...request, source, outcome: 'no-patches', verdicts: [], written: [] };
  const bench = await world.openBench();
  try {
    const job = { world, bench, queue, snapshot, paths, finished };
    return { ...request, source, ...(await applyTo(job, await bench.take(files))) };
  } finally {
    await bench.close();
  }
}

/** A component that no series pins may still have patches, which `check` has to say something about. */
function findQueue(catalog: Catalog, { component, series }: ApplyRequest): PatchQueue | undefined {
  const ids = catalog.series.map(({ id }) => id);
  requireKnown('series', [series], ids);
  const queue = findSeries(catalog, series)?.queues.get(component);
  if (!queue) requireKnown('component', [component], [...catalog.components.keys()]);
  return queue;
}

interface Job {
  readonly world: ApplyWorld;
  readonly bench: PatchBench;
  readonly queue: PatchQueue;
  readonly snapshot: Snapshot;
  /** All that the queue touches. */
  readonly paths: readonly string[];
  readonly finished: boolean;
}

type Result = Omit<AppliedQueue, 'component' | 'series' | 'source'>;

async function applyTo(job: Job, start: BenchState): Promise<Result> {
  const tried = await tryQueue(job, start);
  const applies = tried.verdicts.every(({ verdict }) => counts(verdict));
  const mayBeThere = (job.finished || !applies) && tried.harmless;
  const before = mayBeThere ? await takeBack(job, start) : undefined;
  // A patch may apply twice: what a run that was cut off has done comes first.
  const done = before && job.finished ? await finishedResult(job, before, start) : undefined;
  if (done) return done;
  if (applies) return writeResult(job, start, tried);
  const tree = await job.bench.tree(start);
  const rest = { tree: { before: tree, after: tree }, written: [] };
  return before
    ? { outcome: 'applied-before', verdicts: verdictsOfThere(job.queue), ...rest }
    : { outcome: 'does-not-apply', verdicts: tried.verdicts, ...rest };
}

interface Tried {
  readonly verdicts: readonly PatchVerdict[];
  /** What the patches make of the source that count. */
  readonly state: BenchState;
  /** True where no patch is refused for what it says itself: git may see all of them. */
  readonly harmless: boolean;
}

/** Asks git for no more than a build has to know: a patch that needs a merge is for `check`. */
async function tryQueue(job: Job, start: BenchState): Promise<Tried> {
  const { queue } = job;
  const verdicts: PatchVerdict[] = [];
  let state = start;
  let harmless = true;
  for (let step = nextStep(queue, verdicts); step; step = nextStep(queue, verdicts)) {
    if (step.kind === 'judged') {
      verdicts.push(step.verdict);
      harmless &&= step.verdict.verdict === 'not-reached';
      continue;
    }
    const tried = await tryPatch(job, step.patch, state);
    verdicts.push(tried.verdict);
    if (counts(tried.verdict.verdict)) state = tried.state;
  }
  return { verdicts, state, harmless };
}

async function tryPatch(
  { bench, queue, snapshot }: Job,
  patch: PatchFile,
  state: BenchState,
): Promise<{ readonly verdict: PatchVerdict; readonly state: BenchState }> {
  // git says of a path beyond a link that it does not exist.
  const refusals = refusePatch(patch.content.value, bench.links(state));
  if (refusals.length > 0) {
    return { verdict: aboutPatch(queue, patch, { verdict: 'refused', refusals }), state };
  }
  const bytes = bytesOf(patch, snapshot);
  const { fact: forward, state: after } = await bench.apply(state, { bytes });
  const hasWorked = forward.ok && forward.changes.length > 0;
  const reverse = hasWorked ? undefined : await bench.apply(state, { bytes, reverse: true });
  const trial = { path: patch.path, forward, ...(reverse && { reverse: reverse.fact }) };
  return { verdict: judgePatch(queue, patch, trial), state: after };
}

function bytesOf({ path }: PatchFile, snapshot: Snapshot): Uint8Array {
  return snapshot.files.get(path)?.bytes ?? new Uint8Array();
}

/**
 * The source without the queue, where it has all of it: the last patch is taken back first, because the
 * earlier ones may not be seen through the later ones.
 */
async function takeBack(
  { bench, queue, snapshot }: Job,
  start: BenchState,
): Promise<BenchState | undefined> {
  let state = start;
  for (const patch of queue.patches.toReversed()) {
    const bytes = bytesOf(patch, snapshot);
    const { fact, state: before } = await bench.apply(state, { bytes, reverse: true });
    if (!fact.ok || fact.changes.length === 0) return undefined;
    state = before;
  }
  return state;
}

function verdictsOfThere(queue: PatchQueue): readonly PatchVerdict[] {
  return queue.patches.map((patch) =>
    aboutPatch(queue, patch, { verdict: 'already-upstream', by: 'reverse', evidence: ['reverse'] }),
  );
}

/** Writes what the patches make of the source, reads it again, and says so only where it is just that. */
async function writeResult(job: Job, start: BenchState, tried: Tried): Promise<Result> {
  const { world, bench } = job;
  const { verdicts, state } = tried;
  const tree = { before: await bench.tree(start), after: await bench.tree(state) };
  if (tree.before === tree.after) {
    return { outcome: 'changes-nothing', verdicts, tree, written: [] };
  }
  const edits = await bench.edits(start, state);
  await world.source.write(edits, async (read) => {
    const found = await bench.tree(await bench.take(await read(job.paths)));
    if (found !== tree.after) throw otherwise(job, { expected: tree.after, found });
  });
  return { outcome: 'applied', verdicts, tree, written: edits.map(({ path }) => path) };
}

function otherwise(
  { world: { source }, queue }: Job,
  { expected, found }: { readonly expected: string; readonly found: string },
): WorldError {
  return new WorldError(
    `${source.root} is not what the patches of ${queue.component} make of it: tree ${found} instead of ${expected}`,
    'see that nothing else writes there and that the disk keeps modes and links, and begin with a fresh source',
  );
}

/** The run that was cut off has told nobody what it did; `undefined` where it was another queue's. */
async function finishedResult(
  job: Job,
  before: BenchState,
  now: BenchState,
): Promise<Result | undefined> {
  const { bench } = job;
  const { verdicts, state } = await tryQueue(job, before);
  const [first, after, found] = [
    await bench.tree(before),
    await bench.tree(state),
    await bench.tree(now),
  ];
  if (after !== found || first === after) return undefined;
  const written = (await bench.edits(before, now)).map(({ path }) => path);
  return { outcome: 'finished', verdicts, tree: { before: first, after }, written };
}
