import type { PlannedCell } from './plan.ts';
import type { InstalledRepository } from './repository.ts';

/** Where a cell of a build stands. From the fourth on it stays there, but for another attempt. */
export type CellState =
  /** Planned, or waiting for a machine. */
  | 'queued'
  | 'running'
  | 'success'
  | 'failure'
  /** Somebody stopped it. */
  | 'cancelled'
  /** The run ended without it: something that it needs had failed. */
  | 'skipped'
  /** A newer commit took its place. */
  | 'superseded'
  /** Its run never came, or is gone. */
  | 'lost'
  /** It had its time and did not end. */
  | 'expired';

const openStates: readonly CellState[] = ['queued', 'running'];

export function isOpen(state: CellState): boolean {
  return openStates.includes(state);
}

/** What kind of thing went wrong, so that a reader knows where to look. */
export type FailureClass =
  'patch' | 'constraints' | 'wheel build' | 'system package' | 'registry or network' | 'test';

/** Why a cell failed, from its log. */
export interface CellFailure {
  /** Missing where nothing in the log is known. */
  readonly class?: FailureClass;
  /** The line that says it, from 1 in the log; missing where the log could not be had. */
  readonly line?: number;
  /** That line and what helps to read it; no secrets in it. */
  readonly excerpt: readonly string[];
}

/** What the workflow says of a cell that it built. */
export interface CellResult {
  readonly version: string;
  /** Digest of the manifest: `sha256:…`. */
  readonly image?: string;
  readonly tags: readonly string[];
  /** `name==version`, sorted. */
  readonly packages: readonly string[];
}

/** Since when, and when last, something was tried in vain: milliseconds since 1970. */
export interface Trouble {
  readonly since: number;
  readonly latest: number;
}

/** One image of a build. */
export interface BuildCell {
  readonly cell: PlannedCell;
  /** Which of the build's runs has it, from 0. */
  readonly part: number;
  readonly state: CellState;
  /** Of its jobs, from 1. */
  readonly attempt: number;
  /** Times are in milliseconds since 1970. */
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** The job on GitHub to look at; its platform, where each has a job of its own. */
  readonly job?: { readonly id: number; readonly url: string; readonly platform?: string };
  readonly result?: CellResult;
  readonly failure?: CellFailure;
  /** With what its job left behind. */
  readonly trouble?: Trouble;
}

/** A workflow run that builds some of the cells. */
export interface BuildRun {
  readonly part: number;
  /** In the name of the run, by which it is found: that of the build, a hyphen, the part. */
  readonly correlation: string;
  /** When GitHub was asked for it, or for its last attempt; missing before. */
  readonly dispatchedAt?: number;
  readonly run?: { readonly id: number; readonly url: string };
  /** With looking at it, which GitHub refuses; missing where it does not. */
  readonly refused?: Trouble;
  /** Why GitHub would not begin it, or lets nobody look at it. */
  readonly problem?: string;
  /** How often its failed jobs were run again. */
  readonly retries: number;
  /** With running them again. */
  readonly trouble?: Trouble;
  /** The command that asked for that last, `<comment> <position>`, and the attempt that had failed then. */
  readonly retriedFor?: { readonly command: string; readonly attempt: number };
}

/** Why there is a build. */
export type BuildCause =
  | { readonly kind: 'pull request'; readonly number: number }
  | { readonly kind: 'push'; readonly branch: string }
  | { readonly kind: 'merge group'; readonly base: string }
  /** `by` is a login; the comment that asked for it, and where it stands. */
  | {
      readonly kind: 'asked';
      readonly by: string;
      readonly comment?: number;
      readonly issue?: number;
      /** Which of the commands of the comment. */
      readonly position?: number;
    };

/** Some cells of one commit, built by GitHub Actions. */
export interface Build {
  /** Correlation id: it begins with `pw-`, and is the same for the same cause. */
  readonly id: string;
  readonly repository: InstalledRepository;
  readonly head: string;
  /** What a newer head takes the place of: `pull/12`, `branch/main`. */
  readonly lane: string;
  readonly publish: boolean;
  readonly cause: BuildCause;
  readonly createdAt: number;
  /** The newer build, or the head that needs none. */
  readonly supersededBy?: string;
  /** Login of whoever stopped it. */
  readonly cancelledBy?: string;
  /** How it ended stands in its check, and in the answer to whoever asked. */
  readonly told?: true;
  readonly runs: readonly BuildRun[];
  readonly cells: readonly BuildCell[];
}

export function isBuilding(build: Pick<Build, 'cells'>): boolean {
  return build.cells.some(({ state }) => isOpen(state));
}

/** Why GitHub would not begin it, or lets nobody look at it. */
export function problemOf({ runs }: Build): string | undefined {
  return runs.find(({ problem }) => problem !== undefined)?.problem;
}

const correlationPattern = /\bpw-[0-9a-f]{20}-\d{1,3}\b/;

/** The correlation id in the name of a run. */
export function correlationIn(runName: string): string | undefined {
  return correlationPattern.exec(runName)?.[0];
}

/** The build that a run with this correlation id belongs to. */
export function buildOf(correlation: string): string {
  return correlation.replace(/-\d{1,3}$/, '');
}

/** What GitHub says of a job of a run. */
export interface RunJob {
  readonly id: number;
  readonly name: string;
  readonly attempt: number;
  readonly status: 'queued' | 'in_progress' | 'completed';
  readonly conclusion?: string;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly url: string;
}

/** What GitHub says of a workflow run. */
export interface RunFacts {
  readonly id: number;
  readonly url: string;
  readonly name: string;
  readonly attempt: number;
  readonly status: 'queued' | 'in_progress' | 'completed';
  readonly conclusion?: string;
  /** Of the latest attempt, in milliseconds since 1970. */
  readonly startedAt: number;
}
