/** GitHub Actions as far as a dispatched run shows them. Fields that are not readonly change. */
import type { Account, CheckRun, CheckSuite } from '../state/nouns.ts';

export type RunEvent = 'workflow_dispatch' | 'repository_dispatch';
type RunStatus = 'queued' | 'in_progress' | 'completed';
export type RunConclusion =
  'success' | 'failure' | 'cancelled' | 'skipped' | 'timed_out' | 'neutral' | 'action_required';

/** A file of `.github/workflows`. Its id stays while the path does. */
export interface Workflow {
  readonly id: number;
  readonly path: string;
  readonly name: string;
  readonly createdAt: number;
  state: 'active' | 'disabled_manually';
}

export interface Artifact {
  readonly id: number;
  readonly name: string;
  /** The archive. */
  readonly zip: Buffer;
  readonly createdAt: number;
}

export interface WorkflowJob {
  readonly id: number;
  readonly name: string;
  readonly attempt: number;
  readonly script: ScriptedJob;
  readonly check: CheckRun;
  readonly createdAt: number;
  status: RunStatus;
  conclusion: RunConclusion | null;
  startedAt: number | null;
  completedAt: number | null;
}

export interface WorkflowRun {
  readonly id: number;
  readonly workflow: Workflow;
  readonly number: number;
  readonly event: RunEvent;
  readonly branch: string;
  readonly sha: string;
  readonly title: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly actor: Account;
  readonly suite: CheckSuite;
  readonly createdAt: number;
  readonly artifacts: Artifact[];
  /** Jobs of each attempt; one that was not run again is in several. */
  readonly attempts: WorkflowJob[][];
  triggeredBy: Account;
  status: RunStatus;
  conclusion: RunConclusion | null;
  startedAt: number;
  updatedAt: number;
  /** From when on lists have it. */
  listedAt: number;
}

/** What one job is to do when it is run. */
export interface ScriptedJob {
  readonly name: string;
  /** Default: success. */
  readonly conclusion?: Exclude<RunConclusion, 'cancelled' | 'skipped'>;
  /** By the clock. Default: 0. `Infinity`: until somebody cancels. */
  readonly seconds?: number;
  /** Jobs that have to succeed first; without them it is skipped. */
  readonly needs?: readonly string[];
  /** Runs even when what it needs has failed, as `if: always()` does. */
  readonly always?: boolean;
  readonly log?: string;
  /** Files of each archive that it uploads. */
  readonly artifacts?: Readonly<Record<string, Readonly<Record<string, string | Uint8Array>>>>;
}

/** What a runner is told of a run. */
export interface RunnerTask {
  readonly path: string;
  readonly branch: string;
  readonly sha: string;
  readonly attempt: number;
  readonly inputs: Readonly<Record<string, string>>;
}

/** Stands for the machines: says what jobs a run has and how they end. */
export type Runner = (task: RunnerTask) => readonly ScriptedJob[] | Promise<readonly ScriptedJob[]>;

/** A module that exports `makeRunner`, and what that is given: for a runner in another process. */
export interface RunnerModule {
  /** Its file. */
  readonly module: string;
  readonly script: unknown;
}

/** Actions of one repository. */
export interface RepositoryActions {
  /** By path. */
  readonly workflows: Map<string, Workflow>;
  readonly runs: Map<number, WorkflowRun>;
  /** Without one, runs stay queued. */
  runner: Runner | undefined;
  /** Milliseconds until a new run is in lists; GitHub takes some seconds. */
  listLag: number;
}

export function jobsOf(run: WorkflowRun): readonly WorkflowJob[] {
  return run.attempts.at(-1) ?? [];
}
