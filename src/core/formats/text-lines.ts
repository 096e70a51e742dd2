import type { Words } from './problem.ts';

/** Every line with its own line end, so that joining gives the text back. */
export function splitLines(text: string): string[] {
  const lines: string[] = [];
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline + 1;
    lines.push(text.slice(start, end));
    start = end;
  }
  return lines;
}

/** A line without its line end. */
export function lineContent(line: string): string {
  if (line.endsWith('\r\n')) return line.slice(0, -2);
  return line.endsWith('\n') ? line.slice(0, -1) : line;
}

/**
 * Index of the last line of the merge conflict that begins at line `from`, or `undefined` where none
 * begins there. One that nobody closed goes on to the end of the file.
 */
export function conflictEnd(lines: readonly string[], from: number): number | undefined {
  if (!isMark(lines[from], '<')) return undefined;
  const end = lines.findIndex((line, index) => index > from && isMark(line, '>'));
  return end < 0 ? lines.length - 1 : end;
}

/** What is said of a merge conflict, at its first line. */
export const conflictWords: Words = {
  code: 'merge-conflict',
  message: 'A merge conflict begins here',
  remedy: 'resolve the conflict and remove the lines with <<<<<<<, ======= and >>>>>>>',
};

function isMark(line: string | undefined, sign: string): boolean {
  return line?.startsWith(sign.repeat(7)) === true && /^(?:\s|$)/.test(line.slice(7));
}
