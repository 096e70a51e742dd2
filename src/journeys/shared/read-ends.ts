import type { Build, BuildCell, CellFailure, CellResult } from '../../core/model/build.ts';
import { WorldError } from '../../core/model/failures.ts';
import { cellName } from '../../core/model/plan.ts';
import { failureScan } from '../../core/decide/failure-class.ts';
import { logReader } from '../../core/formats/build-log.ts';
import { readCellResult } from '../../core/formats/cell-result.ts';
import type { Actions } from '../../edge/github/actions.ts';
import type { GitHubRepository } from '../../edge/github/repository.ts';
import type { BuildWorld } from './build-world.ts';

/** What is read at a time, and written down at once: who is cut off need not begin anew. */
const readsAtATime = 8;

/** How long what cannot be had is asked for, in milliseconds. */
const patience = 900_000;

/**
 * Reads logs of cells that failed, and results of those that were built. What cannot be had is an error, so
 * that it is asked for again; after a while the build goes without it, for no check may wait for ever.
 */
export async function readEnds(
  { store, now }: BuildWorld,
  { actions }: GitHubRepository,
  id: string,
): Promise<Build | undefined> {
  const build = await store.builds.get(id);
  const since = build?.unreadSince ?? now();
  const isPatient = now() - since <= patience;
  const unread = (build?.cells ?? []).filter(isUnread);
  for (let at = 0; build && at < unread.length; at += readsAtATime) {
    const reading = unread
      .slice(at, at + readsAtATime)
      .map((cell) => readEnd(actions, { build, cell, isPatient }));
    const ends = await Promise.allSettled(reading);
    await store.builds.change(id, (one) => withEnds(one, ends, since));
    // What was read is kept, whatever befell the rest.
    await Promise.all(reading);
  }
  return store.builds.change(id, allRead);
}

function isUnread({ state, failure, result }: BuildCell): boolean {
  return (state === 'failure' && !failure) || (state === 'success' && !result);
}

interface End {
  /** Of the job. */
  readonly id: number | undefined;
  readonly read: Pick<BuildCell, 'failure' | 'result'>;
}

function withEnds(build: Build, ends: readonly PromiseSettledResult<End>[], since: number): Build {
  const read = new Map(
    ends.flatMap((end) => (end.status === 'fulfilled' ? [[end.value.id, end.value.read]] : [])),
  );
  const isInVain = ends.some((end) => end.status === 'rejected' && isOfWorld(end.reason));
  return {
    ...build,
    ...(isInVain && { unreadSince: since }),
    cells: build.cells.map((cell) => ({ ...cell, ...(cell.job && read.get(cell.job.id)) })),
  };
}

function isOfWorld(error: unknown): boolean {
  return error instanceof WorldError;
}

function allRead(build: Build): Build {
  const { unreadSince, ...rest } = build;
  return unreadSince === undefined ? build : rest;
}

interface Ended {
  readonly build: Build;
  readonly cell: BuildCell;
  readonly isPatient: boolean;
}

async function readEnd(actions: Actions, ended: Ended): Promise<End> {
  const { state, job, cell } = ended.cell;
  if (state === 'failure') {
    const failure = await had(ended, () => failureOf(actions, ended));
    return { id: job?.id, read: { failure: failure ?? { excerpt: [] } } };
  }
  const result = await had(ended, () => resultOf(actions, ended));
  // A build that left nothing that can be read is a build all the same.
  const nothing = { version: cell.version, tags: [], packages: [] };
  return { id: job?.id, read: { result: result ?? nothing } };
}

async function had<T>({ isPatient }: Ended, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isPatient || !isOfWorld(error)) throw error;
    return undefined;
  }
}

async function failureOf(
  actions: Actions,
  { cell: { job } }: Ended,
): Promise<CellFailure | undefined> {
  if (!job) return undefined;
  const scan = failureScan();
  const reader = logReader(scan.take);
  const came = await actions.jobLog(job.id, reader.take);
  reader.end();
  return came ? scan.end() : undefined;
}

async function resultOf(
  actions: Actions,
  { build, cell: { cell, part, job } }: Ended,
): Promise<CellResult | undefined> {
  const run = build.runs.find((one) => one.part === part)?.run?.id;
  if (run === undefined) return undefined;
  // One platform tells for all: they have the same packages.
  const platform = job?.platform === undefined ? '' : `-${job.platform}`;
  const artifact = `result-${cell.service}-${cell.series}${platform}`;
  const bytes = await actions.artifactFile({ run, artifact, file: 'result.json' });
  return bytes && readCellResult(Buffer.from(bytes).toString('utf8'), cellName(cell));
}
