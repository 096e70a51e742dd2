import type { PgBoss } from 'pg-boss';
import { WorldError } from '../../core/model/failures.ts';
import type { Outcome } from '../../core/model/job.ts';
import type { Batches } from './batches.ts';
import type { Database } from './database.ts';
import { bury, forgetDead } from './dead-jobs.ts';
import { oneLine } from './failure.ts';
import type { Claim } from './job-data.ts';
import { putBack } from './put-back.ts';
import type { QueueName } from './queues.ts';
import { settledOf } from './settled.ts';
import { tick, whileAway } from './wait.ts';
import type { RunningJob, WorkerEvent, WorkerLimits } from './worker-options.ts';

/** One run of one job in this process. */
export interface Run {
  readonly queue: QueueName;
  readonly claim: Claim;
  readonly job: RunningJob;
  readonly begin: number;
  readonly control: AbortController;
  /** When the store last said that the job is ours, in ticks. */
  confirmedAt: number;
  /** `settling`: its end is being written; `over`: nothing that it still does is of interest. */
  phase: 'running' | 'settling' | 'over';
  /** The worker stops: an end by our signal is no failure. */
  givingBack: boolean;
}

export interface RunContext {
  readonly database: Database;
  readonly boss: PgBoss;
  readonly limits: WorkerLimits;
  readonly handle: (job: RunningJob, signal: AbortSignal) => Promise<Outcome>;
  /** Deletes a job that ended, together with others that end at the same time. */
  readonly remove: Batches<Run, boolean>;
  readonly emit: (event: WorkerEvent) => void;
  /** Whether the database is away, as was last said. */
  readonly link: { away: boolean };
}

/** Runs a job to its end and writes down how it ended. Never rejects. */
export async function runJob(context: RunContext, run: Run): Promise<void> {
  context.emit({ kind: 'started', job: run.job });
  const end = await endOf(context, run);
  if (run.phase === 'over') return;
  run.phase = 'settling';
  try {
    const deadline = run.confirmedAt + context.limits.leaseMs;
    const ours = await whileAway(deadline, () => write(context, run, end));
    if (!ours) context.emit({ kind: 'lost', job: run.job });
  } catch (error) {
    // The job stays marked as running; when its lease has ended it is run again.
    context.emit({ kind: 'warning', message: oneLine(error) });
    context.emit({ kind: 'lost', job: run.job });
  }
  run.phase = 'over';
}

type End =
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  | { readonly kind: 'error'; readonly error: unknown };

/** A run that does not heed the signal is left behind after this. */
const heedMs = 30_000;

async function endOf({ handle, limits }: RunContext, run: Run): Promise<End> {
  const { promise, resolve } = Promise.withResolvers<End>();
  const tooLong = new WorldError(
    `the job took longer than ${Math.round(limits.jobMs / 60_000)} minutes`,
    'see in the log what it waited for',
  );
  const abort = setTimeout(() => {
    run.control.abort(tooLong);
  }, limits.jobMs);
  const leave = setTimeout(() => {
    resolve({ kind: 'error', error: tooLong });
  }, limits.jobMs + heedMs);
  void attempt(handle, run).then(resolve);
  const end = await promise;
  clearTimeout(abort);
  clearTimeout(leave);
  return end;
}

async function attempt(handle: RunContext['handle'], run: Run): Promise<End> {
  try {
    return { kind: 'outcome', outcome: await handle(run.job, run.control.signal) };
  } catch (error) {
    // However it says that it was stopped, why is known.
    const { signal } = run.control;
    return { kind: 'error', error: signal.aborted ? (signal.reason as unknown) : error };
  }
}

/** False where the job is no longer ours. */
async function write(context: RunContext, run: Run, end: End): Promise<boolean> {
  if (end.kind === 'outcome') return writeOutcome(context, run, end.outcome);
  return run.givingBack ? giveBack(context, run) : writeFailure(context, run, end.error);
}

async function writeOutcome(context: RunContext, run: Run, outcome: Outcome): Promise<boolean> {
  const ours =
    outcome.kind === 'later'
      ? await putBack(context.database, {
          ...run,
          delayMs: pauseUntil(outcome.at),
          failures: run.job.attempt - 1,
          why: outcome.why,
        })
      : await finish(context, run, outcome);
  if (ours)
    context.emit({ kind: 'ended', job: run.job, outcome, tookMs: Math.round(tick() - run.begin) });
  return ours;
}

/** A time that has passed, or is none, must not make a job run round and round. */
function pauseUntil(at: number): number {
  const pause = at - Date.now();
  return Number.isFinite(pause) ? Math.min(Math.max(pause, 1000), 7 * 86_400_000) : 60_000;
}

async function finish(context: RunContext, run: Run, outcome: Outcome): Promise<boolean> {
  // The delivery itself is kept; jobs by the thousand would only be in the way.
  if (run.queue !== 'work') return context.remove.add(run);
  const ours = settledOf(await context.boss.complete(run.queue, [run.claim], outcome)).size > 0;
  if (ours) await forgetDead(context.database, [run.job.key]);
  return ours;
}

async function writeFailure(context: RunContext, run: Run, error: unknown): Promise<boolean> {
  const { limits, database, boss, emit } = context;
  const { job } = run;
  const failures = job.attempt;
  const most = error instanceof WorldError ? limits.worldFailures : limits.otherFailures;
  const dead = failures >= most;
  const delayMs = Math.round(limits.backoffMs(failures));
  const why = oneLine(error);
  const ours = dead
    ? await bury(database, boss, { ...job, ...run, failures, error: why })
    : await putBack(database, { ...run, delayMs, failures, why });
  if (ours)
    emit({
      kind: 'failed',
      job,
      error,
      tookMs: Math.round(tick() - run.begin),
      ...(dead ? {} : { retryInMs: delayMs }),
    });
  return ours;
}

/** The job waits again at once, and this run does not count. */
export async function giveBack(context: RunContext, run: Run): Promise<boolean> {
  const ours = await putBack(context.database, {
    ...run,
    delayMs: 0,
    failures: run.job.attempt - 1,
    why: 'its worker stopped',
  });
  if (ours) context.emit({ kind: 'given-back', job: run.job });
  return ours;
}
