import type { CheckActionName } from './check-report.ts';
import type { InstalledRepository } from './repository.ts';

/** What webhooks mean to us: few kinds, and each no more than a hint to look. */
export type AppEvent =
  /** The App was put on these repositories, or they were opened for it again. */
  | { readonly kind: 'installed'; readonly repositories: readonly InstalledRepository[] }
  | { readonly kind: 'pushed'; readonly repository: InstalledRepository; readonly branch: string }
  /** A pull request has a head that was not looked at yet, or another base. */
  | {
      readonly kind: 'head-changed';
      readonly repository: InstalledRepository;
      readonly pull: number;
      readonly head: string;
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
    };

/** A webhook that asks nothing of us, and why. */
export interface Unwanted {
  readonly kind: 'unwanted';
  readonly why: string;
}
