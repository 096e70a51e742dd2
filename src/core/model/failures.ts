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
  constructor(message: string, remedy: string, { absent = false }: { absent?: boolean } = {}) {
    super(message);
    this.name = 'WorldError';
    this.remedy = remedy;
    this.absent = absent;
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
}
