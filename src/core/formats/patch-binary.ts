import { advance, nextLine, remaining } from './patch-cursor.ts';
import type { Cursor, Damage } from './patch-cursor.ts';
import { damagedBinary, withoutData } from './patch-damage.ts';

const head = 'GIT binary patch\n';

/** The data of a file that is not text; `none` where the patch goes on with something else. */
export function readBinary(cursor: Cursor): 'none' | 'literal' | 'delta' | Damage {
  const text = nextLine(cursor);
  if (text !== head) return saysDiffer(text) ? withoutData(cursor.line) : 'none';
  const start = cursor.line;
  advance(cursor);
  const forward = readBlock(cursor);
  if (typeof forward !== 'string') return forward;
  if (forward === 'none') return damagedBinary(start);
  // The way back is there in patches that git made, and may be missing.
  const back = readBlock(cursor);
  return typeof back === 'string' ? forward : back;
}

function readBlock(cursor: Cursor): 'none' | 'literal' | 'delta' | Damage {
  const method = /^(literal|delta) /.exec(nextLine(cursor).slice(0, 8))?.[1];
  if (method !== 'literal' && method !== 'delta') return 'none';
  advance(cursor);
  while (remaining(cursor) > 0) {
    const text = nextLine(cursor);
    if (text !== '\n' && !isDataLine(text)) return damagedBinary(cursor.line);
    advance(cursor);
    if (text === '\n') return method;
  }
  return damagedBinary(cursor.line);
}

/** A letter for the number of bytes (at most 52), then groups of five for four bytes each. */
function isDataLine(text: string): boolean {
  if (text.length > 67 || (text.length - 2) % 5 !== 0) return false;
  if (!/^[A-Za-z][-0-9A-Za-z!#$%&()*+;<=>?@^_`{|}~]{5,}\n$/.test(text)) return false;
  const letter = text.charCodeAt(0);
  const bytes = letter <= 90 ? letter - 64 : letter - 70;
  const room = ((text.length - 2) / 5) * 4;
  return bytes <= room && bytes > room - 4;
}

/** What git and GNU diff write where they leave the data out. */
function saysDiffer(text: string): boolean {
  return /^(?:Binary files|Files) /.test(text) && text.endsWith(' differ\n');
}
