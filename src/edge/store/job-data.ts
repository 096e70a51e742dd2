import type { JobRequest } from '../../core/model/job.ts';

/** What pg-boss keeps for us as the data of a job. */
export interface JobData {
  readonly request: JobRequest;
  /** How often it was run and threw. */
  readonly failures: number;
  /** How often in a row its worker vanished. */
  readonly interrupted: number;
}

export function newJobData(request: JobRequest): JobData {
  return { request, failures: 0, interrupted: 0 };
}

/** One run of a job: a later run of the same job has a higher number, and fences this one off. */
export interface Claim {
  readonly id: string;
  readonly retryCount: number;
}
