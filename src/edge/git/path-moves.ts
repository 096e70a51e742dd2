import { pathsOf } from '../../core/model/patch-content.ts';
import type { PatchedFile } from '../../core/model/patch-content.ts';

/** A rename or copy of a patch whose two paths belong to it alone. */
export interface PathMove {
  readonly change: 'rename' | 'copy';
  readonly from: string;
  readonly to: string;
}

/** Where another part writes one of the two again, the paths are looked at one by one. */
export function movesOf(files: readonly PatchedFile[]): readonly PathMove[] {
  // A copy leaves what it is made of as it is.
  const writers = files.map((file) => (file.change === 'copy' ? [file.newPath] : pathsOf(file)));
  function isOnce(path: string): boolean {
    return writers.filter((paths) => paths.includes(path)).length === 1;
  }
  return files.flatMap(({ change, oldPath: from, newPath: to }) => {
    if (change !== 'rename' && change !== 'copy') return [];
    if (from === undefined || to === undefined || from === to || !isOnce(to)) return [];
    return change === 'copy' || isOnce(from) ? [{ change, from, to }] : [];
  });
}

/** Paths that the moves do not write. */
export function otherPaths(
  paths: readonly string[],
  moves: readonly PathMove[],
): readonly string[] {
  const moved = new Set(
    moves.flatMap(({ change, from, to }) => (change === 'copy' ? [to] : [from, to])),
  );
  return paths.filter((path) => !moved.has(path));
}
