/** Checks of a commit, by the name that people see. */
export const checkNames = ['pinwheel/config', 'pinwheel/constraints', 'pinwheel/patches'] as const;
export type CheckName = (typeof checkNames)[number];

/** The check of what was built has a journey of its own. */
export const imagesCheck = 'pinwheel/images';
type AnyCheckName = CheckName | typeof imagesCheck;

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

export const checkActions = [
  'update-lock',
  'rebuild-failed',
  'cancel-build',
  'explain-build',
] as const;
export type CheckActionName = (typeof checkActions)[number];

/** A check run to be. Texts are Markdown within GitHub's limits. */
export interface CheckReport {
  readonly name: AnyCheckName;
  readonly head: string;
  readonly conclusion: CheckConclusion;
  readonly title: string;
  readonly summary: string;
  readonly text?: string;
  readonly annotations: readonly Annotation[];
  readonly actions?: readonly CheckAction[];
}

/** One that goes on: what there is to say so far. */
export type CheckProgress = Omit<CheckReport, 'conclusion'>;
