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

/** The world failed (a network, a disk, another program): worth trying again later. Exit 3. */
export class WorldError extends Error {
  readonly remedy: string;
  constructor(message: string, remedy: string) {
    super(message);
    this.name = 'WorldError';
    this.remedy = remedy;
  }
}

/** What could not be had from the world, as data, where the rest of the work can go on. */
export interface Failure {
  /** The thing that was wanted: `refs of nova`. */
  readonly what: string;
  /** Why it is not there, in one line. */
  readonly why: string;
}
