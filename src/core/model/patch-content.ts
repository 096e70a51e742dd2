/** What a patch may be at most; beyond that it is refused, not read. */
export const patchLimits = { bytes: 32 * 1024 * 1024, files: 5_000, hunks: 100_000 };

/** One hunk of a patch. Lines count from 1. */
export interface PatchHunk {
  /** What the `@@` line says: where the hunk is in the old and the new file, and how long. */
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  /** The `@@` line in the patch file, and the hunk's last line there. */
  readonly line: number;
  readonly endLine: number;
}

export type PatchChange = 'modify' | 'add' | 'delete' | 'rename' | 'copy';

/** What a patch does to one file. Paths are those that git uses, one leading folder stripped. */
export interface PatchedFile {
  readonly change: PatchChange;
  /** Missing where the patch adds the file. */
  readonly oldPath?: string;
  /** Missing where the patch deletes the file. */
  readonly newPath?: string;
  /** Every name as it was written, before anything was stripped; none twice. */
  readonly written: readonly string[];
  /** Octal, such as `100644`; missing where the patch does not say. */
  readonly oldMode?: string;
  /** Missing where the mode stays what it is. */
  readonly newMode?: string;
  /** Of the `index` line, mostly abbreviated; zeros where there is no file. */
  readonly oldBlob?: string;
  readonly newBlob?: string;
  /** Percent, of a rename or copy. */
  readonly similarity?: number;
  /** How git applies the data of a file that is not text. */
  readonly binary?: 'literal' | 'delta';
  readonly hunks: readonly PatchHunk[];
  readonly addedLines: number;
  readonly removedLines: number;
  /** Where a symlink points to that the patch makes; missing where the patch alone does not tell. */
  readonly linkTarget?: string;
  /** First line of its header in the patch file, and the last line of all. */
  readonly line: number;
  readonly endLine: number;
}

/** What stands in a patch file: what `git apply` would make of it. */
export interface PatchContent {
  readonly bytes: number;
  /** The limit that it breaks; what comes after that point was not read. */
  readonly over?: keyof typeof patchLimits;
  /** Lines on which a commit of an mbox begins; empty for a plain diff. */
  readonly commits: readonly number[];
  /** True where the patch file itself has CRLF line ends, not only the text that it changes. */
  readonly crlf: boolean;
  /** In the order of the patch file; one path may come more than once. */
  readonly files: readonly PatchedFile[];
}

/** Every path that a patch reads or writes, none twice. */
export function touchedPaths({ files }: Pick<PatchContent, 'files'>): readonly string[] {
  return [...new Set(files.flatMap(pathsOf))];
}

/** Old and new path, as far as there are two. */
export function pathsOf({ oldPath, newPath }: PatchedFile): readonly string[] {
  return [...new Set([oldPath, newPath])].filter((path) => path !== undefined);
}

export type RefusalKind =
  | 'parent-folder'
  | 'absolute'
  | 'git-folder'
  | 'odd-name'
  | 'odd-mode'
  | 'symlink-outside'
  | 'symlink-unclear'
  | 'symlink-moved'
  | 'through-symlink'
  | 'gitlink'
  | 'too-large';

/** A reason not to hand a patch to git, or not to take what git made of it. */
export interface Refusal {
  readonly kind: RefusalKind;
  /** The offending name as it was written; of `too-large`, the limit. */
  readonly what: string;
  /** Where the symlink points to, or the symlink that is in the way. */
  readonly target?: string;
  /** Line of the patch file. */
  readonly line: number;
}
