export type FileMode = 'file' | 'executable' | 'symlink';

/** One file of the images repository, as bytes: what a file says is for `formats` to find out. */
export interface SnapshotFile {
  readonly mode: FileMode;
  /** For a symlink, the path it points to. */
  readonly bytes: Uint8Array;
}

/** The files of an images repository at one commit, or in the working tree, by path from its root. */
export interface Snapshot {
  readonly files: ReadonlyMap<string, SnapshotFile>;
}

/** A file edit: the path and its whole new text, as bytes where it need not be UTF-8. `undefined` removes the file. */
export interface FileEdit {
  readonly path: string;
  /** For a symlink, the path it points to. */
  readonly text: string | Uint8Array | undefined;
  /** Without one a file keeps the mode that it has. */
  readonly mode?: FileMode;
}
