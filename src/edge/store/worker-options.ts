import type { JobRequest, Outcome } from '../../core/model/job.ts';

/** A job that is being run. */
export interface RunningJob {
  readonly id: string;
  readonly key: string;
  readonly request: JobRequest;
  /** 1 for the first run; those that were interrupted or told to come later do not count. */
  readonly attempt: number;
  /** Milliseconds since 1970. */
  readonly enqueuedAt: number;
}

export type WorkerEvent =
  | { readonly kind: 'started'; readonly job: RunningJob }
  | {
      readonly kind: 'ended';
      readonly job: RunningJob;
      readonly outcome: Outcome;
      readonly tookMs: number;
    }
  | {
      readonly kind: 'failed';
      readonly job: RunningJob;
      readonly error: unknown;
      readonly tookMs: number;
      /** Missing where the job is dead now. */
      readonly retryInMs?: number;
    }
  /** Its lease ended, and another worker may run it: what this run still does is for nobody. */
  | { readonly kind: 'lost'; readonly job: RunningJob }
  /** Stopped before its end, to be run again. */
  | { readonly kind: 'given-back'; readonly job: RunningJob }
  /** A job of a worker that vanished waits again. */
  | {
      readonly kind: 'recovered';
      readonly id: string;
      readonly request: JobRequest;
      readonly interrupted: number;
    }
  | { readonly kind: 'store-away'; readonly why: string }
  | { readonly kind: 'store-back' }
  | { readonly kind: 'warning'; readonly message: string };

export interface WorkerOptions {
  /** How many jobs at a time, beside deliveries. */
  readonly concurrency: number;
  /**
   * Does the work. The signal ends a run that takes too long, lost its lease or is to be given back.
   * What it throws is a failure, tried again with growing pauses; of the world more often than others.
   */
  readonly run: (job: RunningJob, signal: AbortSignal) => Promise<Outcome>;
  readonly onEvent?: (event: WorkerEvent) => void;
  readonly limits?: Partial<WorkerLimits>;
}

export interface WorkerLimits {
  /** Deliveries at a time: short work that must not wait for long work. */
  readonly deliveries: number;
  /** A worker that is not heard of for so long has lost its jobs. It knows, and ends them earlier. */
  readonly leaseMs: number;
  /** How often to look for work that nobody announced, such as jobs whose time has come. */
  readonly pollMs: number;
  /** Longest run of a job. */
  readonly jobMs: number;
  /** How long a run may take to end after its signal, when the worker stops. */
  readonly abortMs: number;
  /** Failures until a job is dead: of the world, and any other. */
  readonly worldFailures: number;
  readonly otherFailures: number;
  /** Pause after so many failures. */
  readonly backoffMs: (failures: number) => number;
  /** How often schedules are looked at. */
  readonly cronSeconds: number;
  /** Deliveries and dead jobs are kept for so long. GitHub sends one again for at most 30 days. */
  readonly keepDays: number;
}

export const usualLimits: WorkerLimits = {
  deliveries: 16,
  leaseMs: 10_000,
  pollMs: 1000,
  jobMs: 30 * 60_000,
  abortMs: 3000,
  // With the pauses below: half a day of the world, ten minutes of ours.
  worldFailures: 20,
  otherFailures: 8,
  backoffMs: (failures) =>
    Math.min(3_600_000, 5000 * 2 ** (failures - 1)) * (0.75 + Math.random() / 2),
  cronSeconds: 30,
  keepDays: 30,
};

export interface Worker {
  /**
   * Takes no more jobs, waits for those that run, and gives back what still runs after `graceMs`.
   */
  readonly stop: (options: { readonly graceMs: number }) => Promise<void>;
}
