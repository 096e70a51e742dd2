import type { Build, BuildCell, CellFailure, CellResult } from '../../core/model/build.ts';
import { WorldError, worldError } from '../../core/model/failures.ts';
import { cellName } from '../../core/model/plan.ts';
import { changeRun, retried, runsToRetry } from '../../core/decide/build-state.ts';
import { isPatient, moreTrouble } from '../../core/decide/build-trouble.ts';
import { failureScan } from '../../core/decide/failure-class.ts';
import { logReader } from '../../core/formats/build-log.ts';
import { readCellResult } from '../../core/formats/cell-result.ts';
import type { Actions } from '../../edge/github/actions.ts';
import type { GitHubRepository } from '../../edge/github/repository.ts';
import type { BuildWorld } from './build-world.ts';

type FollowingWorld = Pick<BuildWorld, 'store' | 'now'>;

/**
 * Does what is to be done when jobs have ended: reads logs and results, and has runs that failed by
 * infrastructure alone tried again. Gives what went wrong, which is for another time; of what goes wrong for
 * long nothing more is said.
 */
export async function followEnds(
  { store, now }: FollowingWorld,
  { actions }: GitHubRepository,
  id: string,
): Promise<readonly WorldError[]> {
  const build = await store.builds.get(id);
  if (!build) return [];
  const task = { store, actions, build, now: now() };
  const unread = await readEnds(task);
  return [...unread, ...(await retryRuns(task))];
}

interface Task extends Pick<BuildWorld, 'store'> {
  readonly actions: Actions;
  readonly build: Build;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What is read at a time, and written down at once: who is cut off need not begin anew. */
const readsAtATime = 8;

async function readEnds(task: Task): Promise<readonly WorldError[]> {
  const { build, store } = task;
  const unread = build.cells.filter(isUnread);
  const failures: WorldError[] = [];
  for (let at = 0; at < unread.length; at += readsAtATime) {
    const cells = unread.slice(at, at + readsAtATime);
    const ends = await Promise.allSettled(cells.map((cell) => readEnd(task, cell)));
    const read = new Map(
      cells.map(({ job, trouble }, nth) => {
        const end = ends[nth];
        const inVain = { trouble: moreTrouble(trouble, task.now) };
        return [job?.id, end?.status === 'fulfilled' ? end.value : inVain];
      }),
    );
    // What was read is kept, whatever befell the rest.
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

async function readEnd(task: Task, cell: BuildCell): Promise<End> {
  const mayFail = isPatient(cell.trouble, task.now);
  if (cell.state === 'failure') {
    const failure = await had(mayFail, () => failureOf(task, cell));
    return { failure: failure ?? { excerpt: [] } };
  }
  const result = await had(mayFail, () => resultOf(task, cell));
  // A build that left nothing that can be read is a build all the same.
  return { result: result ?? { version: cell.cell.version, tags: [], packages: [] } };
}

async function had<T>(mayFail: boolean, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (mayFail || !(error instanceof WorldError)) throw error;
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

async function retryRuns({ actions, store, build: { id }, now }: Task): Promise<WorldError[]> {
  const build = await store.builds.get(id);
  // What was told is left to people.
  const wanted = build && !build.told ? runsToRetry(build) : [];
  const failures: WorldError[] = [];
  for (const { part, run, retries, trouble } of wanted) {
    if (!run || !isPatient(trouble, now)) continue;
    try {
      if (!(await actions.rerunFailed(run.id))) continue;
      await store.builds.change(id, (one) => retried(one, part, { attempt: retries + 2, now }));
    } catch (error) {
      failures.push(worldError(error));
      await store.builds.change(id, (one) =>
        changeRun(one, part, (known) => ({ ...known, trouble: moreTrouble(trouble, now) })),
      );
    }
  }
  return failures;
}
