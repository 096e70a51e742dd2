/** A commit of upstream that has to do with a conflict. */
export interface LineCommit {
  readonly commit: string;
  readonly subject: string;
  /** Of the author, ISO. */
  readonly date: string;
  /** First version tag that contains it; missing where none does yet. */
  readonly firstTag?: string;
}

/** What happened to the lines, or to the whole file, that a patch wants to change. */
export type ConflictCause =
  /** The source has other lines than the patch's base. */
  | 'changed'
  /** The same, where nobody can tell which commits changed just these lines. */
  | 'file-changed'
  /** The source has a file that the patch adds. */
  | 'added'
  | 'removed'
  | 'moved'
  /** The file is in the patch's base and was never in the source. */
  | 'not-there-yet'
  /** Upstream left the lines alone; earlier patches of the queue did not. */
  | 'queue'
  /** Upstream does not have the file that the patch was made on, so nobody can tell. */
  | 'base-unknown';

/** Why a part of a patch does not fit. Commits stand newest first. */
export interface ConflictOrigin {
  readonly cause: ConflictCause;
  /** Commits that the source has and the patch's base has not. */
  readonly commits: readonly LineCommit[];
  /** The other way round: the patch was made on top of them. */
  readonly missing: readonly LineCommit[];
  /** How many commits are left out of the two lists. */
  readonly more?: number;
  /** What the file is called in the source. */
  readonly otherPath?: string;
  /** Of `queue`: the earlier patches, by path. */
  readonly patches?: readonly string[];
}

/** A part of a patch with its origin. Lines are those of the patch file. */
export interface PlaceOrigin {
  /** Path in the source. */
  readonly path: string;
  /** Counts from 1 in its file; missing where it is about the whole file. */
  readonly hunk?: number;
  readonly line: number;
  readonly endLine: number;
  /** The line of the source that the hunk itself names. */
  readonly sourceLine?: number;
  readonly origin: ConflictOrigin;
}

/** What history says about one patch. */
export interface PatchOrigins {
  /** Every hunk whose lines are not what they were, also where git named only the first one. */
  readonly places: readonly PlaceOrigin[];
  /** Full ids of blobs that the patch was made on and the source does not have. */
  readonly preImages: readonly string[];
}

/** Commands that rebuild a patch by hand, for a shell in the folder of the images repository. */
export interface ConflictKit {
  /** The patch's path in the images repository. */
  readonly path: string;
  /** What git makes of the patch: marks in the files, files with the rest, or something that is there twice. */
  readonly leaves: 'markers' | 'rejects' | 'doubled';
  /** Down to the patch itself. */
  readonly before: readonly string[];
  readonly edit: readonly string[];
  /** They put the new patch in the place of the old one. */
  readonly after: readonly string[];
}
