import type { CheckActionName } from './check-report.ts';
import type { MergeGroup } from './job.ts';
import type { InstalledRepository } from './repository.ts';

/** What webhooks mean to us: few kinds, and each no more than a hint to look. */
export type AppEvent =
  /** The App was put on these repositories, or they were opened for it again. */
  | { readonly kind: 'installed'; readonly repositories: readonly InstalledRepository[] }
  | {
      readonly kind: 'pushed';
      readonly repository: InstalledRepository;
      readonly branch: string;
      /** From where to where; `before` is zeros for a new branch. */
      readonly moved?: { readonly head: string; readonly before: string };
    }
  /** A pull request has a head that was not looked at yet, or another base. */
  | {
      readonly kind: 'head-changed';
      readonly repository: InstalledRepository;
      readonly pull: number;
      readonly head: string;
      /** From a branch of the bot. */
      readonly ofBot: boolean;
    }
  /** A pull request got a label, or lost one, or is a draft no longer. */
  | {
      readonly kind: 'pull-marked';
      readonly repository: InstalledRepository;
      readonly pull: number;
    }
  /** A merge queue waits for the checks of a commit. */
  | {
      readonly kind: 'group-made';
      readonly repository: InstalledRepository;
      readonly head: string;
      readonly group: MergeGroup;
    }
  /** Somebody asked for the checks of a commit once more. */
  | {
      readonly kind: 'checks-wanted';
      readonly repository: InstalledRepository;
      readonly head: string;
    }
  /** Somebody who may push pressed a button of a check. */
  | {
      readonly kind: 'action-requested';
      readonly repository: InstalledRepository;
      readonly head: string;
      readonly action: CheckActionName;
      /** Their login. */
      readonly by: string;
    }
  /** Somebody asked for the images of a commit once more. */
  | {
      readonly kind: 'images-wanted';
      readonly repository: InstalledRepository;
      readonly head: string;
      /** True where all checks of the commit were asked for. */
      readonly suite: boolean;
    }
  /** Somebody wrote or changed a comment that may have commands in it. */
  | {
      readonly kind: 'commented';
      readonly repository: InstalledRepository;
      readonly issue: number;
      readonly comment: number;
      /** Login of whoever changed it, where it was changed. */
      readonly editor?: string;
    }
  /** A workflow run, or a job of it, is in another state. */
  | {
      readonly kind: 'run-moved';
      readonly repository: InstalledRepository;
      readonly run: number;
      /** In the name of a run of ours. */
      readonly correlation?: string;
    };

/** A webhook that asks nothing of us, and why. */
export interface Unwanted {
  readonly kind: 'unwanted';
  readonly why: string;
}
