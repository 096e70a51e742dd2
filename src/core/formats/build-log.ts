/** Reads a log in pieces and tells its lines, clean: as a person would see them. Nothing of it is kept. */
export interface LogReader {
  readonly take: (piece: string) => void;
  /** The last line, where it has no line end. */
  readonly end: () => void;
}

/** What is longer is a progress bar, or data. */
const longestLine = 2_000;

/** `number` counts from 1, as GitHub does. */
export function logReader(tell: (line: string, number: number) => void): LogReader {
  let rest = '';
  let number = 0;
  let isCut = false;
  function line(text: string): void {
    number += 1;
    tell(cleanLine(text), number);
  }
  function take(piece: string): void {
    let from = 0;
    for (let at = piece.indexOf('\n'); at >= 0; at = piece.indexOf('\n', from)) {
      line(isCut ? rest : rest + lastOf(piece.slice(from, at)));
      rest = '';
      isCut = false;
      from = at + 1;
    }
    if (!isCut) rest += piece.slice(from, from + 2 * longestLine);
    isCut = rest.length > 2 * longestLine;
  }
  return {
    take,
    end: () => {
      if (rest !== '') line(rest);
      rest = '';
    },
  };
}

/** A long line from one of its words on: what is left of half a secret would not be known as one. */
function lastOf(text: string): string {
  return text.length <= longestLine ? text : text.slice(-longestLine).replace(/^\S*/, '');
}

/** What Actions puts before every line, and BuildKit before those of a step. */
const stamp = /^\uFEFF?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z ?/;
const step = /^#\d+ (?:\d+\.\d+ )?(?=\S|\s|$)|^\d+\.\d{2,4} ?(?=\S|\s|$)/;

/** A line without times, colours and what was written over. */
function cleanLine(text: string): string {
  const seen = lastWritten(text.replace(/\r+$/, '').replace(stamp, ''));
  const plain = seen
    // Colours and cursor movements; titles of windows and links.
    .replace(/\u001b\[[0-9;:?]*[ -/]*[@-~]/g, '')
    .replace(/\u001b\][^\u0007\u001b]{0,1000}(?:\u0007|\u001b\\|$)/g, '')
    .replace(/\u001b[@-Z\\-_]?/g, '')
    .replace(step, '')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
  return masked(plain.slice(0, longestLine)).trimEnd();
}

/** A progress bar goes back to the start of its line: what it wrote last is what is seen. */
function lastWritten(text: string): string {
  return text.slice(text.lastIndexOf('\r') + 1);
}

/** What looks like a secret. GitHub masks those that it knows; a program may print others. */
const secrets: readonly (readonly [RegExp, string])[] = [
  [/\bgh[a-z]_[A-Za-z0-9_]{16,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}|\bpypi-[\w-]{16,}/g, '***'],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, '***'],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, '***'],
  [/(:\/\/)[^\s/@:]{0,200}:[^\s/@]{1,400}@/g, '$1***@'],
  [/\b((?:proxy-)?authorization\s*[:=]\s*)(?:(?:bearer|basic|token)\s+)?\S+/gi, '$1***'],
  [
    /((?:password|passwd|secret|token|api[_-]?key|access[_-]?key)["']?\s*[:=]\s*)(?!\s)("[^"]*"|'[^']*'|[^\s,;&]+)/gi,
    '$1***',
  ],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----.*/g, '***'],
  // The body of a key: base64 that fills its line.
  [/^[A-Za-z0-9+/]{60,}={0,2}$/g, '***'],
];

function masked(line: string): string {
  return secrets.reduce((text, [pattern, instead]) => text.replace(pattern, instead), line);
}
