import type { Transaction } from './database.ts';

/** Channel on which processes tell one another that there is work. It only saves time: all of them also look. */
export const channel = 'pinwheel_jobs';

/** Sent when the transaction commits. */
export function announce(tx: Transaction): void {
  tx.atCommit(`notify ${channel}`);
}
