/** What people may ask for in a comment. */
export type Verb =
  | 'help'
  | 'status'
  | 'plan'
  | 'explain'
  | 'check'
  | 'update'
  | 'rebuild'
  | 'retry'
  | 'cancel'
  | 'hold'
  | 'unhold'
  | 'ok-to-build';

/** What somebody may do in a repository, as GitHub's `role_name` says; custom roles count as what they stand on. */
export type Role = 'none' | 'read' | 'triage' | 'write' | 'maintain' | 'admin';

const roles: readonly Role[] = ['none', 'read', 'triage', 'write', 'maintain', 'admin'];

export function isRole(name: string): name is Role {
  return (roles as readonly string[]).includes(name);
}

/** Whether somebody with one role may do what asks for the other. */
export function reaches(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}

/** What stands in a place of a command. */
export type ArgumentKind = 'verb' | 'component' | 'series' | 'commit' | 'text';

/** A word of a command, at its place in the line. Columns count from 0. */
export interface CommandWord {
  readonly text: string;
  readonly column: number;
}

/** A command as somebody wrote it: its words have the right form, and may name what does not exist. */
export interface Command {
  readonly verb: Verb;
  /** By the name of the argument. Only what was given. */
  readonly words: ReadonlyMap<string, CommandWord>;
  /** The line as written, without what stands around it. */
  readonly line: string;
  /** Where it stands in the comment, from 1. */
  readonly lineNumber: number;
}

/** What is wrong with a command, and where. */
export interface Mistake {
  readonly line: string;
  readonly lineNumber: number;
  /** What the caret points at. */
  readonly column: number;
  readonly length: number;
  /** In words, without a full stop at the end. */
  readonly message: string;
  /** What was probably meant. */
  readonly nearest?: string;
  /** The verb, where that much is known. */
  readonly verb?: Verb;
  /** What could stand there: names of this kind are listed. */
  readonly expected?: ArgumentKind;
}

export type CommandLine =
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'mistake'; readonly mistake: Mistake };

/** How two comments are compared: by what their lines ask for, not by where they stand. */
export function commandText(line: CommandLine): string {
  const text = line.kind === 'command' ? line.command.line : line.mistake.line;
  return text.replace(/\s+/gu, ' ').trim();
}
