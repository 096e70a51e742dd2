import type { CommitDescription, RemoteTag } from '../../core/model/upstream.ts';

/** Branches and tags of a repository, by name without `refs/heads/` and `refs/tags/`. */
export interface ListedRefs {
  readonly heads: ReadonlyMap<string, string>;
  readonly tags: ReadonlyMap<string, RemoteTag>;
}

/** One state of a file in its history. */
interface FileState {
  readonly commit: string;
  readonly text: string;
}

/**
 * What this edge needs of git itself; `world.ts` hands in the one of `edge/git`.
 * Every method rejects with a `WorldError` of one line that names the URL, without credentials.
 */
export interface GitReader {
  /** Refs as git itself lists them, for any URL that git may use. Limited to the prefixes. */
  listRefs(url: string, prefixes: readonly string[]): Promise<ListedRefs>;
  /**
   * Text of the files below `paths` (files or folders) at a commit, by path; what does not exist is
   * left out. `ref` is a full ref name that contains the commit, for servers that refuse ids.
   */
  readFiles(request: {
    readonly url: string;
    readonly commit: string;
    readonly ref: string;
    readonly paths: readonly string[];
  }): Promise<ReadonlyMap<string, string>>;
  /** States of one file along the history of a ref, newest first, at most `limit`. */
  readFileHistory(request: {
    readonly url: string;
    readonly ref: string;
    readonly path: string;
    readonly limit: number;
  }): Promise<readonly FileState[]>;
  /** Messages of annotated tags by tag name; `''` for a lightweight tag. One fetch for all of them. */
  readTagMessages(
    url: string,
    tags: readonly { readonly name: string; readonly object: string }[],
  ): Promise<ReadonlyMap<string, string>>;
  /** Tags reachable from `ref` and from none of `notRefs`; all are full ref names. */
  reachableTags(request: {
    readonly url: string;
    readonly ref: string;
    readonly notRefs: readonly string[];
  }): Promise<readonly string[]>;
  /** How pbr would see a commit that `ref` contains. */
  describe(request: {
    readonly url: string;
    readonly ref: string;
    readonly commit: string;
  }): Promise<Pick<CommitDescription, 'tag' | 'distance' | 'semVer'>>;
}
