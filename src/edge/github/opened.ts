import type { Octokit } from '@octokit/rest';

/** What the parts of a repository's interface share. */
export interface Opened {
  readonly octokit: Octokit;
  readonly at: { readonly owner: string; readonly repo: string };
  /** Others may have checks of the same names. */
  readonly appId: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}
