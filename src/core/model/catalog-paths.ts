import { policyPath } from './catalog.ts';

/** Folders and files of an images repository that Pinwheel reads; the rest is none of its business. */
export const catalogRoots: readonly string[] = [
  'images',
  'releases',
  'patches',
  'overrides',
  policyPath,
];

/** Whether a path, from the root of the images repository, is part of what it declares. */
export function isCatalogPath(path: string): boolean {
  return catalogRoots.some((root) =>
    root === policyPath ? path === root : path.startsWith(`${root}/`),
  );
}
