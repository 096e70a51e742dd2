import type { Parsed } from './finding.ts';
import type { PatchContent } from './patch-content.ts';

/** The head of a `git format-patch` file. Fields are missing where the file has none. */
export interface PatchHeader {
  readonly commit?: string;
  readonly author?: string;
  readonly date?: string;
  readonly subject?: string;
  readonly changeId?: string;
  /** Launchpad bugs named by Closes-Bug, Partial-Bug and Related-Bug. */
  readonly bugs: readonly string[];
  /** Commits named by `(cherry picked from commit …)`. */
  readonly cherryPickedFrom: readonly string[];
}

/** One file of a queue. */
export interface PatchFile {
  readonly path: string;
  /** File name without folder: `0001-fix-quota.patch`. */
  readonly name: string;
  /** SHA-256 of the file's bytes, hex. */
  readonly sha256: string;
  readonly header: PatchHeader;
  /** What it does to which files; with problems, as far as it could be read. */
  readonly content: Parsed<PatchContent>;
}

/** The ordered `*.patch` of one component in one series. */
export interface PatchQueue {
  readonly component: string;
  readonly series: string;
  readonly patches: readonly PatchFile[];
}
