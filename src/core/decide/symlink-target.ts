/**
 * True where a symlink at `path` points out of the tree, or may: an absolute target, more `..` than
 * there are folders above it, or a `..` after a name, because that name may be a symlink itself.
 */
export function leavesTree(path: string, target: string): boolean {
  if (/^[/\\]/.test(target) || /^[A-Za-z]:/.test(target)) return true;
  const steps = target.split(/[/\\]/).filter((step) => step !== '' && step !== '.');
  const down = steps.findIndex((step) => step !== '..');
  const up = down < 0 ? steps.length : down;
  return up >= path.split('/').length || steps.lastIndexOf('..') >= up;
}
