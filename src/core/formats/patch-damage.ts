import type { Damage } from './patch-cursor.ts';

/*
 * What is said of a patch that cannot be used. The name of the file is put in front.
 */

const again = 'make the patch again with git format-patch';

export function damagedHeader(line: number, what: string): Damage {
  return damage(line, {
    code: 'patch-damaged-header',
    message: `the head of a file in this patch is damaged: ${what}`,
    remedy: again,
  });
}

export function strayHunk(line: number): Damage {
  return damage(line, {
    code: 'patch-damaged-header',
    message: 'a hunk begins here, and no line above it names a file',
    remedy: again,
  });
}

export function namelessHeader(line: number): Damage {
  return damage(line, {
    code: 'patch-damaged-header',
    message: 'the patch names a file without the a/ and b/ in front of it',
    remedy: again,
  });
}

export function idleHeader(line: number): Damage {
  return damage(line, {
    code: 'patch-changes-nothing',
    message: 'the patch names a file here and does nothing to it',
    remedy: again,
  });
}

export function damagedHunk(line: number, what: string): Damage {
  return damage(line, {
    code: 'patch-damaged-hunk',
    message: `the hunk here is damaged: ${what}`,
    remedy: `${again}, and do not edit it by hand`,
  });
}

/** `start` is the line on which the hunk begins. */
export function cutOff(line: number, start: number): Damage {
  return damage(line, {
    code: 'patch-truncated',
    message: `the patch ends in the middle of the hunk of line ${start}`,
    remedy: `${again}, or download it again`,
  });
}

/** git and GNU diff can say that a file differs and leave out how. */
export function withoutData(line: number): Damage {
  return damage(line, {
    code: 'patch-binary-missing',
    message: 'the patch says that a file which is not text differs, and does not have its data',
    remedy: `${again}, or git diff --binary`,
  });
}

/** git itself passes over such a part with a complaint, applies the rest and says that all is well. */
export function damagedBinary(line: number): Damage {
  return damage(line, {
    code: 'patch-damaged-binary',
    message: 'the data of a file which is not text is damaged here',
    remedy: `${again}, or download it again`,
  });
}

/** A file in which there is no diff; `start` is how it begins. */
export function noPatch(start: string): Damage {
  const remedy = 'put the patch there, or remove the file';
  if (start === '') return damage(1, { code: 'patch-empty', message: 'the file is empty', remedy });
  if (/^<(?:!doctype html|html|head|body|\?xml)\b/i.test(start)) {
    return damage(1, {
      code: 'patch-web-page',
      message: 'the file is a web page, not a patch',
      remedy: 'download the patch itself: a forge has it at another address than its page',
    });
  }
  return damage(1, { code: 'patch-without-diff', message: 'the file has no diff in it', remedy });
}

function damage(line: number, words: Damage['words']): Damage {
  return { line, words };
}
