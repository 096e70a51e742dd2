import type { JobWithMetadata } from 'pg-boss';
import { jobKey } from '../../core/model/job.ts';
import { newBell } from './bell.ts';
import type { Bell } from './bell.ts';
import { isAway, oneLine } from './failure.ts';
import type { JobData } from './job-data.ts';
import type { QueueName } from './queues.ts';
import { giveBack, runJob } from './run-job.ts';
import type { Run, RunContext } from './run-job.ts';
import { tick } from './wait.ts';

/** Takes jobs of one queue and runs up to so many at a time. */
export interface Lane {
  readonly queue: QueueName;
  readonly concurrency: number;
  readonly runs: Map<string, Run>;
  readonly bell: Bell;
  stopping: boolean;
}

export function newLane(queue: QueueName, concurrency: number): Lane {
  return { queue, concurrency, runs: new Map(), bell: newBell(), stopping: false };
}

/**
 * Until the lane stops: as long as there are jobs and room, the next ones are fetched at once.
 * pg-boss's own worker takes one for each time it is woken, and lets a backlog wait.
 */
export async function serve(lane: Lane, context: RunContext): Promise<void> {
  while (!lane.stopping) {
    const room = lane.concurrency - lane.runs.size;
    const jobs = room > 0 ? await fetchSome(lane, context, room) : [];
    for (const job of jobs)
      await begin(lane, context, job).catch((error: unknown) => {
        context.emit({
          kind: 'warning',
          message: `job ${job.id} is not one of ours: ${oneLine(error)}`,
        });
      });
    if (jobs.length === 0 || jobs.length >= room) await lane.bell.wait(context.limits.pollMs);
  }
}

async function fetchSome(
  lane: Lane,
  { boss, emit, link }: RunContext,
  room: number,
): Promise<readonly JobWithMetadata<JobData>[]> {
  try {
    const jobs = await boss.fetch<JobData>(lane.queue, { batchSize: room, includeMetadata: true });
    if (link.away) emit({ kind: 'store-back' });
    link.away = false;
    return jobs;
  } catch (error) {
    const why = oneLine(error);
    if (!isAway(error)) emit({ kind: 'warning', message: `jobs cannot be fetched: ${why}` });
    else if (!link.away) emit({ kind: 'store-away', why });
    link.away ||= isAway(error);
    return [];
  }
}

async function begin(
  lane: Lane,
  context: RunContext,
  found: JobWithMetadata<JobData>,
): Promise<void> {
  const run = asRun(lane.queue, found);
  if (lane.stopping) {
    await giveBack(context, run).catch(() => undefined);
    return;
  }
  lane.runs.set(run.claim.id, run);
  void runJob(context, run).then(() => {
    lane.runs.delete(run.claim.id);
    // There is room, and the next job of the same key may run now.
    lane.bell.ring();
  });
}

function asRun(queue: QueueName, found: JobWithMetadata<JobData>): Run {
  const { id, retryCount, data, createdOn } = found;
  return {
    queue,
    claim: { id, retryCount },
    job: {
      id,
      key: jobKey(data.request),
      request: data.request,
      // What a schedule sends holds no more than the request.
      attempt: ((data as Partial<JobData>).failures ?? 0) + 1,
      enqueuedAt: createdOn.getTime(),
    },
    begin: tick(),
    control: new AbortController(),
    confirmedAt: tick(),
    phase: 'running',
    givingBack: false,
  };
}
