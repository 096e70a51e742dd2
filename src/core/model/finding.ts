/** How loud a finding is; the words are those of a GitHub annotation. */
export type FindingLevel = 'failure' | 'warning' | 'notice';

/**
 * Something a person should know about one line of the images repository.
 * `failure` means the file cannot be used as it is, `warning` that it should be changed,
 * `notice` that nothing has to be done. Lines count from 1.
 */
export interface Finding {
  /** Stable, kebab-case: people search for it. */
  readonly code: string;
  /** Path from the root of the images repository. */
  readonly file: string;
  readonly line: number;
  readonly endLine?: number;
  readonly level: FindingLevel;
  /** What is wrong, naming the object it is about; no final full stop. */
  readonly message: string;
  /** What to do next, as an imperative; no final full stop. */
  readonly remedy: string;
}

/** By file, then by line. */
export function byPlace(a: Finding, b: Finding): number {
  return a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1;
}

/** What a reader of a file returns: all it could read, and what it could not. */
export interface Parsed<T> {
  readonly value: T;
  readonly problems: readonly Finding[];
}
