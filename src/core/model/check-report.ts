/** Checks of a commit, by the name that people see. */
export const checkNames = ['pinwheel/config', 'pinwheel/constraints', 'pinwheel/patches'] as const;
export type CheckName = (typeof checkNames)[number];

export type CheckConclusion =
  'success' | 'failure' | 'neutral' | 'cancelled' | 'skipped' | 'timed_out' | 'action_required';

/** A remark at lines of a file of the images repository. Lines count from 1. */
export interface Annotation {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly level: 'notice' | 'warning' | 'failure';
  readonly title: string;
  readonly message: string;
}

/** A button that people who may push see on a check run. GitHub takes 20, 40 and 20 characters. */
export interface CheckAction {
  readonly label: string;
  readonly description: string;
  readonly identifier: CheckActionName;
}

export type CheckActionName = 'update-lock';

/** A check run to be. Texts are Markdown within GitHub's limits. */
export interface CheckReport {
  readonly name: CheckName;
  readonly head: string;
  readonly conclusion: CheckConclusion;
  readonly title: string;
  readonly summary: string;
  readonly text?: string;
  readonly annotations: readonly Annotation[];
  readonly actions?: readonly CheckAction[];
}
