import type { PatchVerdict } from './patch-verdict.ts';

/** What is done to one file of a queue so that the queue fits a source. */
export type PatchRepair =
  /** The file goes: the source has its change. Numbers of the others stay as they are. */
  | {
      readonly kind: 'drop';
      readonly path: string;
      readonly verdict: Extract<PatchVerdict, { readonly verdict: 'already-upstream' }>;
    }
  | {
      readonly kind: 'refresh';
      readonly path: string;
      /** The whole new file: all but its hunks is what it was, byte for byte. */
      readonly bytes: Uint8Array;
      /** A unified diff from the old patch to the new one, without line numbers and blob ids. */
      readonly interdiff: string;
      /** Itself did not apply, or it stands on a patch that was refreshed or dropped. */
      readonly because: 'does-not-apply' | 'stands-on-repaired';
    };
