import { createHash } from 'node:crypto';
import type { Cell } from '../model/plan.ts';

/** What an image is published under. */
export interface ImageTags {
  /** Never given to another image: version, patch count, series, digest, run. */
  readonly immutable: string;
  /** Point to the newest image of their kind; every one names its series. */
  readonly moving: readonly string[];
}

/** Where a build comes from: branch and commit of the images repository, and the run, if there is one. */
export interface BuildOrigin {
  readonly branch: string;
  readonly sha: string;
  readonly run?: string;
  readonly defaultBranch: string;
}

/** The tags of a cell; each is a valid OCI tag, whatever the upstream ref or branch is called. */
export function imageTags(cell: Cell, origin: BuildOrigin): ImageTags {
  const version = ociPart(cell.version, 40);
  const { series } = cell;
  const digest = cell.digest.split(':').at(-1)?.slice(0, 8) ?? '';
  const run = origin.run === undefined ? '' : `-r${ociPart(origin.run, 24)}`;
  const immutable = `${version}-p${cell.patches}-${series}-${digest}${run}`;
  const commit = `${series}-g${origin.sha.slice(0, 12).toLowerCase()}`;
  const branch = ociPart(origin.branch, 48);
  return {
    immutable,
    moving:
      origin.branch === origin.defaultBranch
        ? [series, `${version}-${series}`, commit]
        : [`${series}-${branch}`, commit],
  };
}

/**
 * Text as a part of an OCI tag (`[A-Za-z0-9_.-]`). Where characters had to be replaced, or the text
 * cut, six digits of its hash keep `a/b` and `a-b` apart.
 */
function ociPart(text: string, longest: number): string {
  const plain = text.replace(/[^A-Za-z0-9_.-]+/g, '-').replace(/^[.-]+/, '');
  if (plain === text && text.length <= longest) return plain;
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 6);
  return plain === '' ? hash : `${plain.slice(0, longest)}-${hash}`;
}
