import type { FileMode, Snapshot, SnapshotFile } from '../../src/core/model/snapshot.ts';

/** Files of an images repository by path; a string is a regular file's text. */
export type SnapshotContent = Readonly<Record<string, string | SnapshotFile>>;

export function snapshotOf(content: SnapshotContent): Snapshot {
  const files = Object.entries(content).map(
    ([path, file]) => [path, typeof file === 'string' ? snapshotFile(file, 'file') : file] as const,
  );
  return { files: new Map(files) };
}

export function snapshotFile(content: string | Uint8Array, mode: FileMode): SnapshotFile {
  return { mode, bytes: typeof content === 'string' ? Buffer.from(content) : content };
}
