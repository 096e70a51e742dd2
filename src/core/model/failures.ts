import type { Finding } from './finding.ts';

/**
 * Three failures, three types. Expected bad news is data (`Finding`, `Held`); these are for what
 * ends a command. Anything else that is thrown is a fault of ours.
 */

/** The person who asked can mend it: a wrong argument, a name that does not exist. Exit 2. */
export class UserError extends Error {
  readonly remedy: string;
  constructor(message: string, remedy: string) {
    super(message);
    this.name = 'UserError';
    this.remedy = remedy;
  }
}

/** The images repository has files that cannot be used; each finding is one line. Exit 2. */
export class BrokenRepository extends Error {
  readonly findings: readonly Finding[];
  constructor(findings: readonly Finding[]) {
    super(`the images repository has ${findings.length} broken places`);
    this.name = 'BrokenRepository';
    this.findings = findings;
  }
}

/** The world failed (a network, a disk, another program): worth trying again later. Exit 3. */
export class WorldError extends Error {
  readonly remedy: string;
  /** True where the world did answer, and said that there is no such thing. */
  readonly absent: boolean;
  /** True where the world did answer, and does not allow it: who may change that is a person. */
  readonly refused: boolean;
  constructor(
    message: string,
    remedy: string,
    { absent = false, refused = false }: { absent?: boolean; refused?: boolean } = {},
  ) {
    super(message);
    this.name = 'WorldError';
    this.remedy = remedy;
    this.absent = absent;
    this.refused = refused;
  }
}

/** For where the rest goes on; throws what is no failure of the world. */
export function worldError(error: unknown): WorldError {
  if (error instanceof WorldError) return error;
  throw error;
}

/** For where what is not allowed for one thing need not hold for the others. */
export function isRefusal(error: unknown): error is WorldError {
  return error instanceof WorldError && error.refused;
}

/** The world asks us to come back later: a rate limit. Whoever works for a job gives it back until then. */
export class RetryLater extends Error {
  /** Milliseconds since 1970. */
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.name = 'RetryLater';
    this.at = at;
  }
}

/** What could not be had from the world, as data, where the rest of the work can go on. */
export interface Failure {
  /** The thing that was wanted: `refs of nova`. */
  readonly what: string;
  /** Why it is not there, in one line. */
  readonly why: string;
  /** True where the world did answer, and said that there is no such thing. */
  readonly absent?: boolean;
  /** Whose matter it is; missing where it is everybody's. */
  readonly about?: FailureSubject;
}

type FailureSubject =
  | { readonly kind: 'component'; readonly component: string; readonly series?: string }
  | { readonly kind: 'patches'; readonly component: string; readonly series: string }
  | { readonly kind: 'constraints'; readonly series: string };
