import type { ConflictKit, ConflictOrigin } from './conflict-origin.ts';
import type { Finding } from './finding.ts';
import type { Refusal } from './patch-content.ts';
import type { ApplyFact, HistoryMatch } from './patch-trial.ts';

/** By what one can tell that a source has a change already; the strongest first. */
export const upstreamEvidence = [
  'ancestor',
  'change-id',
  'cherry-pick',
  'patch-id',
  'reverse',
  '3way-noop',
] as const;

export type UpstreamEvidence = (typeof upstreamEvidence)[number];

/** A part of a patch that does not fit, with its lines in the patch file. */
export interface PatchConflict {
  /** Path in the source. */
  readonly path: string;
  /** Counts from 1 in its file; missing where the whole file does not fit. */
  readonly hunk?: number;
  readonly line: number;
  readonly endLine: number;
  /** Line of the source where git looked. */
  readonly sourceLine?: number;
  /** git's reason in a few words. */
  readonly why: string;
  /** What happened to its lines; missing where that was not asked, or not found out. */
  readonly origin?: ConflictOrigin;
}

/** Why a 3-way merge did not help; missing where none was tried. */
export type NoMerge =
  | { readonly kind: 'conflict' }
  /** Pre-images that no repository has. */
  | { readonly kind: 'base-unknown'; readonly blobs: readonly string[] }
  /** The merge is clean and puts a block beside itself. */
  | { readonly kind: 'applied-twice'; readonly paths: readonly string[] }
  /** git took the patch and nothing is different. */
  | { readonly kind: 'changes-nothing' };

/** An earlier patch of the queue that blocks, and the files that both touch. */
export interface Blocker {
  readonly path: string;
  readonly files: readonly string[];
}

type Offsets = Extract<ApplyFact, { readonly ok: true }>['offsets'];

/** What happens to a patch on a source, with what one needs to know to act on it. */
export type Judgement =
  /** `inHistory`: history says all the same that the change is there. */
  | { readonly verdict: 'applies'; readonly inHistory?: HistoryMatch }
  | {
      readonly verdict: 'applies-with-offset';
      readonly offsets: Offsets;
      readonly inHistory?: HistoryMatch;
    }
  | {
      readonly verdict: 'already-upstream';
      /** All that says so, the strongest first; `by` is that one. */
      readonly by: UpstreamEvidence;
      readonly evidence: readonly UpstreamEvidence[];
      readonly upstreamCommit?: string;
      readonly upstreamSubject?: string;
      readonly firstTag?: string;
    }
  | { readonly verdict: 'refreshable'; readonly conflicts: readonly PatchConflict[] }
  | {
      readonly verdict: 'conflict';
      readonly conflicts: readonly PatchConflict[];
      readonly noMerge?: NoMerge;
    }
  | { readonly verdict: 'malformed'; readonly problems: readonly Finding[] }
  | { readonly verdict: 'refused'; readonly refusals: readonly Refusal[] }
  | { readonly verdict: 'not-reached'; readonly blockers: readonly Blocker[] };

export type VerdictWord = Judgement['verdict'];

/** The verdict on one patch of a queue. */
export type PatchVerdict = Judgement & {
  /** Path in the images repository. */
  readonly path: string;
  readonly component: string;
  readonly series: string;
  /** Paths in the source that the patch touches, as far as it could be read. */
  readonly files: readonly string[];
};

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

/** A queue that was tried, and on what. */
export interface JudgedQueue {
  readonly component: string;
  readonly series: string;
  /** The ref as people write it, and the commit it was. */
  readonly ref: string;
  readonly commit: string;
  /** In the order of the queue. */
  readonly verdicts: readonly PatchVerdict[];
  /** What makes the queue fit, in its order; missing where nobody asked. */
  readonly repairs?: readonly PatchRepair[];
  /** How to rebuild those that conflict by hand; missing where nobody asked. */
  readonly kits?: readonly ConflictKit[];
}
