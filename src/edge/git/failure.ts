import { WorldError } from '../../core/model/failures.ts';
import { censor } from './remote.ts';

export type FailureKind =
  /** git ran and ended with a code that the caller did not expect. */
  | 'exit'
  /** git was stopped because its time was over. */
  | 'deadline'
  | 'no-git'
  /** There is no directory to run it in. */
  | 'no-directory';

/** One git process that failed, in one line without credentials. */
export class GitFailure extends WorldError {
  readonly kind: FailureKind;
  /** Exit code, where git came that far. */
  readonly code: number | undefined;
  /** All that git complained about, without credentials. */
  readonly complaint: string;

  constructor(kind: FailureKind, said: Said) {
    super(said.message, said.remedy);
    this.name = 'GitFailure';
    this.kind = kind;
    this.code = said.code;
    this.complaint = said.complaint ?? '';
  }
}

interface Said {
  readonly message: string;
  readonly remedy: string;
  readonly code?: number;
  readonly complaint?: string;
}

export function exitFailure(command: string, code: number, stderr: string): GitFailure {
  const complaint = censor(stderr);
  // Node gives no code for a process that a signal ended.
  const ending = Number.isInteger(code) ? `ended with code ${code} and no word` : 'was killed';
  const why = mainLine(complaint) || `it ${ending}`;
  const remedy = 'read what git says, and try again';
  return new GitFailure('exit', { message: `git ${command}: ${why}`, remedy, code, complaint });
}

export function deadlineFailure(command: string, deadlineMs: number): GitFailure {
  return new GitFailure('deadline', {
    message: `git ${command} was stopped after ${Math.round(deadlineMs / 100) / 10} seconds`,
    remedy: 'try again later',
  });
}

export function noGit(): GitFailure {
  return new GitFailure('no-git', {
    message: 'git was not found',
    remedy: 'install git, and see that it is on the PATH',
  });
}

export function noDirectory(directory: string): GitFailure {
  return new GitFailure('no-directory', {
    message: `${directory} is not a directory`,
    remedy: 'see that it exists',
  });
}

/** The line that says why: the first fatal one, else the first error, else the last line. */
export function mainLine(stderr: string): string {
  const lines = stderr.split(/[\r\n]+/).filter((line) => line.trim() !== '');
  const fatal = lines.findIndex((line) => line.startsWith('fatal: '));
  const line =
    // ssh has said the reason one line before git notices.
    (fatal > 0 && lines[fatal]?.includes('Could not read from remote') === true
      ? lines[fatal - 1]
      : lines[fatal]) ??
    lines.find((text) => text.startsWith('error: ')) ??
    lines.at(-1) ??
    '';
  return line
    .replace(/^(?:fatal|error): /, '')
    .replace(/\p{Cc}/gu, ' ')
    .trim();
}
