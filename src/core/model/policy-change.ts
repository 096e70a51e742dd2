import type { Held, Move } from './update.ts';

/** What a policy makes of one pin. A pin may move, and stay behind a newer version all the same. */
export interface PinOutlook {
  readonly moves: readonly Move[];
  readonly held: readonly Held[];
}

/** A pin of which two policies make something else. */
export interface ChangedOutlook {
  readonly series: string;
  readonly component: string;
  readonly before: PinOutlook;
  readonly after: PinOutlook;
}

/** A key of the policy file whose value differs, both as text. */
export interface ChangedSetting {
  readonly key: string;
  readonly before: string;
  readonly after: string;
}

/** What another policy would do. */
export interface PolicyChange {
  readonly settings: readonly ChangedSetting[];
  readonly pins: readonly ChangedOutlook[];
  /** Components whose upstream is new, and is not asked before somebody has merged it. */
  readonly unasked: readonly string[];
}
