import { BrokenRepository, RetryLater, UserError, WorldError } from '../core/model/failures.ts';
import type { JobKind, JobRequest, Outcome } from '../core/model/job.ts';
import { jobWords } from '../core/render/job-words.ts';
import type { Store } from '../edge/store/store.ts';
import type {
  RunningJob,
  Worker,
  WorkerEvent,
  WorkerLimits,
} from '../edge/store/worker-options.ts';
import { withLogContext } from './log.ts';
import type { Log } from './log.ts';
import type { JobResult, Metrics } from './metrics.ts';

type RequestOf<Kind extends JobKind> = Extract<JobRequest, { readonly kind: Kind }>;

/** What is done for each kind of job. The signal says that nobody waits for the result any more. */
export type JobWork = {
  readonly [Kind in JobKind]: (request: RequestOf<Kind>, signal: AbortSignal) => Promise<Outcome>;
};

export interface AppWorkerOptions {
  readonly store: Store;
  readonly work: JobWork;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'job'>;
  /** Jobs at a time. */
  readonly workers: number;
  readonly limits?: Partial<WorkerLimits>;
}

/** Works on jobs; what comes of each is one line and one number. */
export function startAppWorker(options: AppWorkerOptions): Promise<Worker> {
  const { store, work, workers: concurrency, limits } = options;
  return store.startWorker({
    concurrency,
    run: (job, signal) => withLogContext(contextOf(job), () => runJob(work, job, signal)),
    onEvent: (event) => {
      if ('job' in event)
        withLogContext(contextOf(event.job), () => {
          hear(options, event);
        });
      else hear(options, event);
    },
    ...(limits && { limits }),
  });
}

function contextOf({ id, request }: RunningJob): Readonly<Record<string, string>> {
  const delivery = request.kind === 'delivery' ? { delivery: request.delivery } : {};
  return { job: id, ...delivery };
}

/** What it throws is tried again; whatever trying again does not change is an outcome. */
async function runJob(
  work: JobWork,
  { request }: RunningJob,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    // The kind picks the work that takes it, which no type can say of a union.
    return await (work[request.kind] as JobWork['sweep'])(request as RequestOf<'sweep'>, signal);
  } catch (error) {
    if (error instanceof RetryLater) return { kind: 'later', at: error.at, why: error.message };
    if (error instanceof UserError)
      return { kind: 'refused', why: `${error.message}; ${error.remedy}` };
    if (error instanceof BrokenRepository) return { kind: 'refused', why: firstFinding(error) };
    throw error;
  }
}

function firstFinding({ message, findings: [first] }: BrokenRepository): string {
  return first ? `${first.file}:${first.line}: ${first.message}` : message;
}

function hear(options: AppWorkerOptions, event: WorkerEvent): void {
  const { log } = options;
  switch (event.kind) {
    case 'started':
      log.debug(jobFields(event.job), 'job started');
      break;
    case 'ended':
      ended(options, event);
      break;
    case 'failed':
      failed(options, event);
      break;
    case 'lost':
      log.warn(jobFields(event.job), 'job lost: its lease ended, and it is run again');
      break;
    case 'given-back':
      log.info(jobFields(event.job), 'job given back');
      break;
    case 'recovered':
      log.warn({ job: event.id, what: jobWords(event.request) }, 'job of a worker that vanished');
      break;
    case 'store-away':
      log.error({ why: event.why }, 'the store is away');
      break;
    case 'store-back':
      log.info('the store is back');
      break;
    case 'warning':
      log.warn({ why: event.message }, 'the store warns');
      break;
  }
}

function jobFields({ request, attempt }: RunningJob): object {
  return { kind: request.kind, what: jobWords(request), attempt };
}

type EventOf<Kind extends WorkerEvent['kind']> = Extract<WorkerEvent, { readonly kind: Kind }>;

function ended(
  { log, metrics }: AppWorkerOptions,
  { job, outcome, tookMs }: EventOf<'ended'>,
): void {
  metrics.job({ kind: job.request.kind, result: outcome.kind, seconds: tookMs / 1000 });
  const line = { ...jobFields(job), ...wordsOf(outcome), ms: tookMs };
  if (outcome.kind === 'refused') log.warn(line, 'job refused');
  else log.info(line, `job ${outcome.kind}`);
}

function wordsOf(outcome: Outcome): object {
  switch (outcome.kind) {
    case 'done':
      return outcome.what === undefined ? {} : { done: outcome.what };
    case 'later':
      return { why: outcome.why, at: new Date(outcome.at).toISOString() };
    case 'nothing':
    case 'refused':
      return { why: outcome.why };
  }
}

function failed(options: AppWorkerOptions, event: EventOf<'failed'>): void {
  const { log, metrics } = options;
  const { job, error, tookMs, retryInMs } = event;
  const result: JobResult = retryInMs === undefined ? 'dead' : 'failed';
  metrics.job({ kind: job.request.kind, result, seconds: tookMs / 1000 });
  const line = { ...jobFields(job), err: error, ms: tookMs };
  if (retryInMs === undefined) {
    log.error(
      line,
      'job dead: pinwheel jobs --retry has it run again, unless its comment is answered',
    );
    buried(options, job, error);
  } else if (error instanceof WorldError) log.warn({ ...line, retryInMs }, 'job failed');
  else log.error({ ...line, retryInMs }, 'job failed by a fault of Pinwheel');
}

/** Nobody works on it any more: a job of its own says so on GitHub, where people wait. */
function buried({ store, log }: AppWorkerOptions, { request }: RunningJob, error: unknown): void {
  const job = isLastWord(request) ? undefined : lastWord(request, error);
  if (job) {
    store.enqueue(job).catch((failure: unknown) => {
      // Dead ones are looked through again at the next start.
      log.error({ err: failure }, 'that a job is dead cannot be told yet');
    });
  }
}

/** True for a job that does nothing but tell of a dead one. */
function isLastWord(request: JobRequest): boolean {
  return request.kind === 'end-checks' || (request.kind === 'command' && 'givenUp' in request);
}

/** The job that tells people of a dead one; `undefined` where nobody waits for it. */
export function lastWord(request: JobRequest, error?: unknown): JobRequest | undefined {
  if (isLastWord(request)) return request;
  // What a fault of ours says is for our log.
  const why = error instanceof WorldError ? error.message : 'Pinwheel failed, again and again';
  if (request.kind === 'command') return { ...request, givenUp: why };
  if (request.kind !== 'check' && request.kind !== 'build') return undefined;
  const { repository, head } = request;
  const images = request.kind === 'build' ? ({ images: true } as const) : {};
  return { kind: 'end-checks', repository, head, why, ...images };
}
