import type { BuildKind } from './component.ts';

/** What `.github/pinwheel.yml` says of a component that is not `openstack/<name>`. */
export interface ComponentPolicy {
  readonly upstream?: string;
  readonly build: BuildKind;
  readonly branch?: string;
  readonly tag: string;
}

/** A person's word that a component is not to move. */
export interface IgnoreRule {
  readonly component: string;
  readonly series?: string;
  /** An ISO date (ignored before that day) or a version (ignored until that one is out). */
  readonly until?: string;
  readonly reason: string;
  /** Line in the policy file. */
  readonly line: number;
}

/** The policy file with its defaults filled in. */
export interface Policy {
  readonly components: ReadonlyMap<string, ComponentPolicy>;
  readonly ignore: readonly IgnoreRule[];
  /** Who builds: the bot by dispatch, or the workflow on push and pull request. */
  readonly builds: 'bot' | 'workflow';
  /** Whether pull requests of the bot merge by themselves: see decide/merge-help.ts for which, and when. */
  readonly merge: 'never' | 'auto';
  /** Base branches that the bot looks after; `*` matches within a path segment, `**` across. */
  readonly branches: readonly string[];
  /** When to sweep: a five-field cron expression, UTC. */
  readonly schedule: string;
  /** The Python of the images, `3.12`: markers are evaluated for it. */
  readonly python: string;
  readonly limits: PolicyLimits;
}

export interface PolicyLimits {
  readonly openPullRequests: number;
  readonly commandsPerComment: number;
  readonly commandsPerHour: number;
}
