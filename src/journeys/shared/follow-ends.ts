import type { Build, BuildCell, CellFailure, CellResult } from '../../core/model/build.ts';
import { worldError } from '../../core/model/failures.ts';
import type { WorldError } from '../../core/model/failures.ts';
import { cellName } from '../../core/model/plan.ts';
import { retried, runsToRetry } from '../../core/decide/build-state.ts';
import { isPatient, withTrouble } from '../../core/decide/build-trouble.ts';
import { failureScan } from '../../core/decide/failure-class.ts';
import { logReader } from '../../core/formats/build-log.ts';
import { readCellResult } from '../../core/formats/cell-result.ts';
import type { Actions } from '../../edge/github/actions.ts';
import type { GitHubRepository } from '../../edge/github/repository.ts';
import type { BuildWorld } from './build-world.ts';

type FollowingWorld = Pick<BuildWorld, 'store' | 'now'>;

/**
 * Does what is to be done when jobs have ended: reads logs and results, and has runs that failed by
 * infrastructure alone tried again. Gives what went wrong, which is for another time; when that has lasted,
 * the build goes without, and nothing is wrong any more.
 */
export async function followEnds(
  { store, now }: FollowingWorld,
  { actions }: GitHubRepository,
  id: string,
): Promise<readonly WorldError[]> {
  const build = await store.builds.get(id);
  if (!build) return [];
  const task = { store, actions, build, mayFail: isPatient(build, now()) };
  const unread = await readEnds(task);
  const failures = [...unread, ...(await retryRuns(task))];
  await store.builds.change(id, (one) => withTrouble(one, failures.length > 0, now()));
  return failures;
}

interface Task extends Pick<BuildWorld, 'store'> {
  readonly actions: Actions;
  readonly build: Build;
  /** False where what cannot be done is left undone. */
  readonly mayFail: boolean;
}

/** What is read at a time, and written down at once: who is cut off need not begin anew. */
const readsAtATime = 8;

async function readEnds(task: Task): Promise<readonly WorldError[]> {
  const { build, store } = task;
  const unread = build.cells.filter(isUnread);
  const failures: WorldError[] = [];
  for (let at = 0; at < unread.length; at += readsAtATime) {
    const reading = unread.slice(at, at + readsAtATime).map((cell) => readEnd(task, cell));
    const ends = await Promise.allSettled(reading);
    // What was read is kept, whatever befell the rest.
    const read = new Map(ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : [])));
    await store.builds.change(build.id, (one) => ({
      ...one,
      cells: one.cells.map((cell) => ({ ...cell, ...(cell.job && read.get(cell.job.id)) })),
    }));
    failures.push(
      ...ends.flatMap((end) => (end.status === 'rejected' ? [worldError(end.reason)] : [])),
    );
  }
  return failures;
}

/** What still has to be read of it. */
export function isUnread({ state, job, failure, result }: BuildCell): boolean {
  if (!job) return false;
  return (state === 'failure' && !failure) || (state === 'success' && !result);
}

type End = Pick<BuildCell, 'failure' | 'result'>;

/** By the id of the job. */
async function readEnd(task: Task, cell: BuildCell): Promise<readonly [number | undefined, End]> {
  const { id } = cell.job ?? {};
  if (cell.state === 'failure') {
    const failure = await had(task, () => failureOf(task, cell));
    return [id, { failure: failure ?? { excerpt: [] } }];
  }
  const result = await had(task, () => resultOf(task, cell));
  // A build that left nothing that can be read is a build all the same.
  return [id, { result: result ?? { version: cell.cell.version, tags: [], packages: [] } }];
}

async function had<T>({ mayFail }: Task, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (mayFail) throw error;
    worldError(error);
    return undefined;
  }
}

async function failureOf({ actions }: Task, { job }: BuildCell): Promise<CellFailure | undefined> {
  if (!job) return undefined;
  const scan = failureScan();
  const reader = logReader(scan.take);
  const came = await actions.jobLog(job.id, reader.take);
  reader.end();
  return came ? scan.end() : undefined;
}

async function resultOf(
  { actions, build }: Task,
  { cell, part, job }: BuildCell,
): Promise<CellResult | undefined> {
  const run = build.runs.find((one) => one.part === part)?.run?.id;
  if (run === undefined) return undefined;
  // One platform tells for all: they have the same packages.
  const platform = job?.platform === undefined ? '' : `-${job.platform}`;
  const artifact = `result-${cell.service}-${cell.series}${platform}`;
  const bytes = await actions.artifactFile({ run, artifact, file: 'result.json' });
  return bytes && readCellResult(Buffer.from(bytes).toString('utf8'), cellName(cell));
}

async function retryRuns(task: Task): Promise<readonly WorldError[]> {
  const { actions, store } = task;
  const build = (await store.builds.get(task.build.id)) ?? task.build;
  const failures: WorldError[] = [];
  for (const { part, run, retries } of runsToRetry(build)) {
    try {
      if (!run || !(await had(task, () => actions.rerunFailed(run.id)))) continue;
      await store.builds.change(build.id, (one) => retried(one, part, retries + 2));
    } catch (error) {
      failures.push(worldError(error));
    }
  }
  return failures;
}
