import { runGit } from '../../git.ts';

/** The tree of a merge that needs nobody's hand; undefined for conflicts. */
export async function mergedTree(
  dir: string,
  base: string,
  head: string,
): Promise<string | undefined> {
  const merge = ['-C', dir, 'merge-tree', '--write-tree', '--no-messages', base, head];
  const printed = await runGit(merge).catch(() => undefined);
  return printed?.trim();
}
