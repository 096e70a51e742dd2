/** Whether a path is within one of some, or a folder that one of them is in. */
export function pathsAround(paths: readonly string[]): (path: string) => boolean {
  const all = new Set(paths);
  const above = new Set(paths.flatMap(foldersAbove));
  return (path) => above.has(path) || foldersAbove(path).some((folder) => all.has(folder));
}

/** `a` and `a/b` for `a/b/c`. */
function foldersAbove(path: string): readonly string[] {
  const folders: string[] = [];
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
    folders.push(path.slice(0, at));
  }
  return folders;
}
