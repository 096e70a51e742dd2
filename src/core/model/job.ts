import type { CheckActionName } from './check-report.ts';
import type { InstalledRepository } from './repository.ts';

/** Pull requests on their way through a merge queue, as one commit: what the base would be with them. */
export interface MergeGroup {
  /** Branch of the group, and the branch that it is to become. */
  readonly branch: string;
  readonly base: string;
}

/** What a job is about. Every one re-reads the world: what it says is a hint, never a fact. */
export type JobRequest =
  /** Upstream and catalog to proposals, of every base branch. */
  | { readonly kind: 'sweep'; readonly repository: InstalledRepository }
  /** All checks of one commit of the images repository; `again`: somebody asked for new ones. */
  | {
      readonly kind: 'check';
      readonly repository: InstalledRepository;
      readonly head: string;
      /** The pull request that it was the head of; a hint, and missing where nobody said. */
      readonly pull?: number;
      readonly again?: true;
      readonly group?: MergeGroup;
    }
  /** Checks of a commit whose job died get an end, where they have none: nobody waits for ever. */
  | {
      readonly kind: 'end-checks';
      /** It is the check of images that has nobody. */
      readonly images?: true;
      readonly repository: InstalledRepository;
      readonly head: string;
      /** For people; it has nothing of ours in it that they should not read. */
      readonly why: string;
    }
  /** A commit on top of a pull request's head that brings its locks up to date. */
  | {
      readonly kind: 'update-lock';
      readonly repository: InstalledRepository;
      readonly head: string;
    }
  /** Whether GitHub is to merge a pull request of the bot by itself; all open ones where none is named. */
  | {
      readonly kind: 'help-merge';
      readonly repository: InstalledRepository;
      readonly pull?: number;
    }
  /** A branch was pushed: a sweep, if it is a base branch. */
  | {
      readonly kind: 'push';
      readonly repository: InstalledRepository;
      readonly branch: string;
    }
  /** What a comment asks for: it is read again, and only what was not taken before is done. */
  | {
      readonly kind: 'command';
      readonly repository: InstalledRepository;
      readonly issue: number;
      readonly comment: number;
      /** Login of whoever changed it, where it was changed. */
      readonly editor?: string;
      /**
       * Why nobody goes on with it, for people: the job died, and the comment gets its reply all the same. Of
       * the same key, for the two must not answer at once; it never takes the place of one that does the work.
       */
      readonly givenUp?: string;
    }
  /** The images that a commit needs, planned and built. */
  | {
      readonly kind: 'build';
      readonly repository: InstalledRepository;
      readonly head: string;
      /** Where it was pushed. */
      readonly pushed?: { readonly branch: string; readonly before: string };
      /** Somebody asked for it once more. */
      readonly again?: true;
      readonly group?: MergeGroup;
    }
  /** Somebody pressed a button of `pinwheel/images`. */
  | {
      readonly kind: 'press';
      readonly repository: InstalledRepository;
      readonly head: string;
      readonly action: BuildAction;
      readonly by: string;
    }
  /** A look at a build, and what there is to say of it. */
  | { readonly kind: 'report-build'; readonly build: string }
  /** The same for the build that a run belongs to. */
  | {
      readonly kind: 'report-run';
      readonly repository: InstalledRepository;
      readonly run: number;
    }
  /** The same for all that have not ended. */
  | { readonly kind: 'report-builds' }
  /** A verified webhook, to be turned into other jobs. */
  | { readonly kind: 'delivery'; readonly delivery: string }
  /** Missed deliveries of GitHub's log. */
  | { readonly kind: 'recover-deliveries' }
  /** A sweep, if the repository's schedule fell into the hour that ended at `until` (milliseconds since 1970). */
  | {
      readonly kind: 'sweep-if-due';
      readonly repository: InstalledRepository;
      readonly until: number;
    }
  /** Installed repositories get a sweep: those whose schedule says so, or `everything`. */
  | { readonly kind: 'sweep-all'; readonly everything?: true };

/** Buttons that are about a build. */
type BuildAction = Exclude<CheckActionName, 'update-lock'>;

export type JobKind = JobRequest['kind'];

/**
 * One at a time runs per key, and those that wait with the same key become one, which does what the newest
 * asks: what asks for more than others of its kind has a key of its own, or it would be lost.
 */
export function jobKey(request: JobRequest): string {
  if (isBuildRequest(request)) return buildJobKey(request);
  switch (request.kind) {
    case 'sweep':
      return `sweep:${keyOf(request.repository)}`;
    case 'check':
    case 'update-lock':
      return `${request.kind}:${keyOf(request.repository)}:${request.head}`;
    case 'end-checks':
      return `end-checks:${keyOf(request.repository)}:${request.head}:${String(request.images)}`;
    case 'push':
      return `push:${keyOf(request.repository)}:${request.branch}`;
    case 'delivery':
      return `delivery:${request.delivery}`;
    case 'recover-deliveries':
      return request.kind;
    case 'sweep-if-due':
      return `sweep-if-due:${keyOf(request.repository)}:${request.until}`;
    case 'sweep-all':
      return request.everything ? 'sweep-all:everything' : 'sweep-all';
  }
}

const buildKinds = [
  'command',
  'build',
  'press',
  'report-build',
  'report-run',
  'report-builds',
  'help-merge',
] as const;
type BuildRequest = Extract<JobRequest, { readonly kind: (typeof buildKinds)[number] }>;

function isBuildRequest(request: JobRequest): request is BuildRequest {
  return (buildKinds as readonly string[]).includes(request.kind);
}

/** That of jobs about commands, builds and merging. */
function buildJobKey(request: BuildRequest): string {
  switch (request.kind) {
    case 'command':
      return `command:${keyOf(request.repository)}:${request.comment}`;
    case 'build':
      return `build:${keyOf(request.repository)}:${request.pushed?.branch ?? ''}:${request.head}`;
    case 'press':
      return `press:${keyOf(request.repository)}:${request.head}:${request.action}`;
    case 'report-build':
      return `report-build:${request.build}`;
    case 'report-run':
      return `report-run:${keyOf(request.repository)}:${request.run}`;
    case 'report-builds':
      return request.kind;
    case 'help-merge':
      return `help-merge:${keyOf(request.repository)}:${request.pull ?? ''}`;
  }
}

function keyOf({ installation, owner, name }: InstalledRepository): string {
  return `${installation}:${owner}/${name}`;
}

/** How a job ended. What is thrown instead is a failure of the world or of ours: it is tried again. */
export type Outcome =
  | { readonly kind: 'done'; readonly what?: string }
  | { readonly kind: 'nothing'; readonly why: string }
  | { readonly kind: 'refused'; readonly why: string }
  /** `at`: when to try again, in milliseconds since 1970. */
  | { readonly kind: 'later'; readonly at: number; readonly why: string };
