import type { Words } from './problem.ts';

/*
 * A patch is read as text in which each byte is one character, so that a file in any encoding keeps
 * its bytes; only names are decoded. One forward pass without a list of lines: a hostile patch has
 * millions of them.
 */

/** A place in a patch that moves on while it is read. */
export interface Cursor {
  readonly text: string;
  /** Start of the line that comes next. */
  position: number;
  /** Its number, from 1. */
  line: number;
}

/** What makes a patch unusable, at a line of the patch file. */
export interface Damage {
  readonly line: number;
  readonly words: Words;
}

export function startOf(bytes: Uint8Array): Cursor {
  return {
    text: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'),
    position: 0,
    line: 1,
  };
}

/** The next line with its line end; `''` at the end of the patch. */
export function nextLine({ text, position }: Cursor): string {
  return text.slice(position, lineEnd(text, position));
}

/** The line after the next one. */
export function lineAfter({ text, position }: Cursor): string {
  const start = lineEnd(text, position);
  return text.slice(start, lineEnd(text, start));
}

/** Moves over the next line. */
export function advance(cursor: Cursor): void {
  cursor.position = lineEnd(cursor.text, cursor.position);
  cursor.line++;
}

/** Bytes that have not been read. */
export function remaining({ text, position }: Cursor): number {
  return text.length - position;
}

export function startsWith({ text, position }: Cursor, start: string): boolean {
  return text.startsWith(start, position);
}

/** A name or line as people see it; what is no UTF-8 becomes U+FFFD. */
export function decoded(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8');
}

function lineEnd(text: string, start: number): number {
  const newline = text.indexOf('\n', start);
  return newline < 0 ? text.length : newline + 1;
}
