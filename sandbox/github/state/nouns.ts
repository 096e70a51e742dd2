/** What there is on GitHub. Fields that are not readonly change in the course of things. */

export type Role = 'read' | 'triage' | 'write' | 'maintain' | 'admin';
export type Permissions = Readonly<Record<string, 'read' | 'write'>>;

export interface Account {
  readonly id: number;
  login: string;
  readonly type: 'User' | 'Organization' | 'Bot';
  readonly name: string | null;
  readonly createdAt: number;
  /** Logins of an organization's owners and members. */
  readonly members: Map<string, 'admin' | 'member'>;
}

export interface App {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly owner: Account;
  readonly bot: Account;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly createdAt: number;
  readonly description: string;
  readonly externalUrl: string;
  readonly hookId: number;
  /** PEM. A later one replaces it. */
  readonly privateKey: string;
  readonly publicKey: string;
  readonly setupUrl: string | null;
  permissions: Permissions;
  events: readonly string[];
  webhookUrl: string | null;
  webhookSecret: string | null;
}

export interface Installation {
  readonly id: number;
  readonly app: App;
  readonly account: Account;
  readonly createdAt: number;
  updatedAt: number;
  /** As they were granted; an App that asks for more waits for its owner. */
  permissions: Permissions;
  events: readonly string[];
  /** Undefined for all repositories of the account, new ones included. */
  repositoryIds: Set<number> | undefined;
  suspendedBy: Account | null;
  suspendedAt: number | null;
}

/** Of an installation, or of a person. */
export interface Token {
  readonly value: string;
  readonly account: Account;
  readonly installation: Installation | undefined;
  readonly permissions: Permissions;
  /** Undefined for all that the installation has. */
  readonly repositoryIds: ReadonlySet<number> | undefined;
  readonly expiresAt: number;
}

export interface Protection {
  /** Branch name; `*` stands for any characters but a slash. */
  readonly pattern: string;
  /** Names of check runs. */
  readonly requiredChecks: readonly string[];
  readonly requiredApprovals: number;
  /** Pull requests come to it through a queue. */
  readonly mergeQueue?: true;
}

export interface Label {
  readonly id: number;
  name: string;
  color: string;
  description: string | null;
}

// prettier-ignore
export const reactionContents = ['+1', '-1', 'laugh', 'confused', 'heart', 'hooray', 'rocket', 'eyes'] as const;
export type ReactionContent = (typeof reactionContents)[number];

export interface Reaction {
  readonly id: number;
  readonly user: Account;
  readonly content: ReactionContent;
  readonly createdAt: number;
}

export interface Comment {
  readonly id: number;
  readonly issue: number;
  readonly user: Account;
  readonly app: App | null;
  readonly createdAt: number;
  readonly reactions: Reaction[];
  body: string;
  updatedAt: number;
}

export interface Review {
  readonly id: number;
  readonly user: Account;
  readonly state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED';
  readonly body: string;
  readonly commit: string;
  readonly submittedAt: number;
}

/** What makes an issue a pull request. */
export interface Pull {
  readonly id: number;
  readonly headRef: string;
  readonly headRepository: Repository;
  readonly reviews: Review[];
  readonly reviewers: Set<Account>;
  headSha: string;
  baseRef: string;
  /** Head of the base branch when the pull request was last touched. */
  baseSha: string;
  draft: boolean;
  /** Who wants it merged as soon as it may be. */
  autoMerge: { readonly by: Account } | null;
  /** Its group in the merge queue: what the base would be with it. */
  queued: { readonly ref: string; readonly sha: string; readonly base: string } | null;
  merged: { readonly at: number; readonly by: Account; readonly commit: string } | null;
  /** Whether it merges, for one pair of commits; undefined until somebody has asked. */
  trial: { readonly pair: string; readonly tree: string | undefined } | undefined;
  /** Counted for one pair of commits. */
  size: PullSize;
}

export interface PullSize {
  readonly pair: string;
  readonly commits: number;
  readonly additions: number;
  readonly deletions: number;
  readonly files: number;
}

/** An issue, or a pull request: they share numbers, labels and comments. */
export interface Issue {
  readonly id: number;
  readonly number: number;
  readonly user: Account;
  readonly app: App | null;
  readonly createdAt: number;
  readonly labels: Set<string>;
  readonly reactions: Reaction[];
  readonly pull: Pull | undefined;
  title: string;
  body: string | null;
  state: 'open' | 'closed';
  stateReason: 'completed' | 'not_planned' | 'reopened' | null;
  updatedAt: number;
  closedAt: number | null;
  closedBy: Account | null;
  locked: boolean;
}

export type PullIssue = Issue & { readonly pull: Pull };

export type CheckStatus = 'queued' | 'in_progress' | 'completed';
export type Conclusion =
  | ('action_required' | 'cancelled' | 'failure' | 'neutral' | 'success' | 'skipped')
  | ('stale' | 'timed_out');

export interface CheckAnnotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly start_column?: number;
  readonly end_column?: number;
  readonly annotation_level: 'notice' | 'warning' | 'failure';
  readonly message: string;
  readonly title?: string;
  readonly raw_details?: string;
}

export interface CheckAction {
  readonly label: string;
  readonly description: string;
  readonly identifier: string;
}

export interface CheckRun {
  readonly id: number;
  readonly suite: CheckSuite;
  readonly app: App;
  readonly headSha: string;
  readonly createdAt: number;
  readonly annotations: CheckAnnotation[];
  name: string;
  externalId: string;
  detailsUrl: string | null;
  status: CheckStatus;
  conclusion: Conclusion | null;
  startedAt: number | null;
  completedAt: number | null;
  title: string | null;
  summary: string | null;
  text: string | null;
  actions: readonly CheckAction[];
}

export interface CheckSuite {
  readonly id: number;
  readonly app: App;
  readonly headSha: string;
  readonly headBranch: string | null;
  readonly before: string | null;
  readonly createdAt: number;
  updatedAt: number;
  /** By the runs, except while it is new or asked for again. */
  status: CheckStatus;
  conclusion: Conclusion | null;
}

export interface Repository {
  readonly id: number;
  readonly owner: Account;
  /** A bare git repository. */
  readonly dir: string;
  readonly private: boolean;
  readonly parent: Repository | null;
  readonly createdAt: number;
  readonly collaborators: Map<string, Role>;
  readonly labels: Map<string, Label>;
  readonly issues: Map<number, Issue>;
  readonly comments: Map<number, Comment>;
  readonly suites: Map<number, CheckSuite>;
  readonly checks: Map<number, CheckRun>;
  /** Commits that GitHub made itself and signed. */
  readonly signed: Set<string>;
  /** Full names in lower case that it had. */
  readonly formerNames: Set<string>;
  name: string;
  description: string | null;
  defaultBranch: string;
  archived: boolean;
  allowsAutoMerge: boolean;
  pushedAt: number;
  updatedAt: number;
  protections: readonly Protection[];
}

export function fullNameOf({ owner, name }: Repository): string {
  return `${owner.login}/${name}`;
}

export function isPull(issue: Issue | undefined): issue is PullIssue {
  return issue?.pull !== undefined;
}
