import type { NewPush } from './acts/commits.ts';
import type { NewIssue } from './acts/issues.ts';
import type { MergeRequest } from './acts/merge.ts';
import type { NewPull, PullEdit } from './acts/pulls.ts';
import type { Protection, ReactionContent, Review } from './state/nouns.ts';

/** What a person does on the web or from a clone; webhooks follow as on GitHub. */
export interface Person {
  readonly login: string;
  /** For the API and for git. */
  readonly token: string;
  /** Address for `git clone` and `git push`, token included. */
  readonly gitUrl: string;
  push(push: NewPush): Promise<string>;
  deleteBranch(branch: string): Promise<void>;
  openPullRequest(fields: Omit<NewPull, 'base'> & { readonly base?: string }): Promise<number>;
  editPullRequest(number: number, edit: PullEdit): Promise<void>;
  closePullRequest(number: number): Promise<void>;
  reopenPullRequest(number: number): Promise<void>;
  setDraft(number: number, draft: boolean): Promise<void>;
  merge(number: number, request?: MergeRequest): Promise<string>;
  review(number: number, state: Review['state'], body?: string): Promise<void>;
  openIssue(fields: NewIssue): Promise<number>;
  closeIssue(number: number): Promise<void>;
  reopenIssue(number: number): Promise<void>;
  /** Of a pull request too. */
  lock(number: number): Promise<void>;
  comment(number: number, body: string): Promise<number>;
  editComment(id: number, body: string): Promise<void>;
  deleteComment(id: number): Promise<void>;
  react(comment: number, content: ReactionContent): Promise<void>;
  label(number: number, ...names: readonly string[]): Promise<void>;
  unlabel(number: number, name: string): Promise<void>;
  /** «Re-run» of a check, by its id, or by its name on the newest commit that has it. */
  rerequest(check: number | string): Promise<void>;
  /** «Re-run all checks» of a commit. */
  rerequestAll(head: string): Promise<void>;
  /** One of the buttons of a check. */
  press(check: number | string, identifier: string): Promise<void>;
  /** Gives the fork's full name. */
  fork(): Promise<string>;
  rename(name: string): Promise<void>;
  archive(): Promise<void>;
  /** The repository's own setting; off at first, as on GitHub. */
  allowAutoMerge(): Promise<void>;
  protect(
    ...protections: readonly (Partial<Protection> & Pick<Protection, 'pattern'>)[]
  ): Promise<void>;
}
