import type { Finding, Parsed } from '../model/finding.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { failure } from './problem.ts';
import { shownText } from './shown-text.ts';

/** Paths of the regular files below a folder (`images/`), in byte order. */
export function pathsBelow(snapshot: Snapshot, folder: string): readonly string[] {
  return [...snapshot.files]
    .filter(([path, file]) => path.startsWith(folder) && file.mode !== 'symlink')
    .map(([path]) => path)
    .sort(compareBytes);
}

/** The order of `ls` in the C locale, and of the bytes of UTF-8. */
export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Reads a file of the snapshot as UTF-8; `undefined` where there is none, or it is no text. */
export function readText<T>(
  snapshot: Snapshot,
  path: string,
  read: (text: string) => Parsed<T>,
): Parsed<T | undefined> {
  const file = snapshot.files.get(path);
  if (!file || file.mode === 'symlink') return { value: undefined, problems: [] };
  const text = decodeText(file.bytes);
  return text === undefined
    ? { value: undefined, problems: [notText(path, file.bytes)] }
    : read(text);
}

/** A byte order mark is kept, so that a file that is edited has all the bytes it had. */
function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function notText(path: string, bytes: Uint8Array): Finding {
  return failure(
    { file: path, line: firstBadLine(bytes) },
    {
      code: 'not-utf8',
      message: `${shownText(path)} is not UTF-8 text at this line`,
      remedy: 'save the file as UTF-8',
    },
  );
}

/** A newline is never part of a longer character, so that each line can be tried alone. */
function firstBadLine(bytes: Uint8Array): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline < 0 ? bytes.length : newline;
    if (decodeText(bytes.subarray(start, end)) === undefined) return line;
    start = end + 1;
  }
  return 1;
}

/** Symbolic links among the files that Pinwheel reads: none is followed. */
export function symlinkProblems(snapshot: Snapshot, roots: readonly string[]): readonly Finding[] {
  return [...snapshot.files]
    .filter(([path, file]) => file.mode === 'symlink' && isBelow(path, roots))
    .map(([path]) =>
      failure(
        { file: path, line: 1 },
        {
          code: 'symlink',
          message: `${shownText(path)} is a symbolic link, which Pinwheel does not follow`,
          remedy: 'put the file itself there',
        },
      ),
    );
}

function isBelow(path: string, roots: readonly string[]): boolean {
  return roots.some((root) => path === root || path.startsWith(`${root}/`));
}
