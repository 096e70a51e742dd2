import type { Finding } from '../model/finding.ts';

export interface Place {
  readonly file: string;
  readonly line: number;
}

export interface Words {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** A finding that makes a file unusable as it is. */
export function failure(place: Place, words: Words): Finding {
  return {
    code: words.code,
    file: place.file,
    line: place.line,
    level: 'failure',
    message: words.message,
    remedy: words.remedy,
  };
}

/** Findings of one file in the order of its lines. */
export function inLineOrder(problems: readonly Finding[]): readonly Finding[] {
  return [...problems].sort((a, b) => a.line - b.line);
}
