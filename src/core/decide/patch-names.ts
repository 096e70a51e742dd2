import type { RefusalKind } from '../model/patch-content.ts';

const longestName = 4096;

/**
 * Why a name in a patch is not accepted. A backslash parts folders here, because it does so on the
 * systems on which sources are unpacked as well.
 */
export function nameRefusal(name: string): RefusalKind | undefined {
  if (isOdd(name)) return 'odd-name';
  if (/^[/\\]/.test(name) || /^[A-Za-z]:[/\\]/.test(name)) return 'absolute';
  const steps = name.split(/[/\\]/);
  if (steps.includes('..')) return 'parent-folder';
  return steps.some(isGitFolder) ? 'git-folder' : undefined;
}

/** Longer than any system has, with control characters, or with bytes that are no UTF-8. */
function isOdd(name: string): boolean {
  return name.length > longestName || /[\p{Cc}\p{Cs}\u{fffd}]/u.test(name);
}

/**
 * `.git` as file systems may read it. HFS+ ignores characters that cannot be seen and the case; NTFS
 * ignores dots and spaces at the end and all after a colon, and knows `.git` by its short name too.
 */
function isGitFolder(step: string): boolean {
  // Nearly all names: nothing in them is another letter than it seems.
  if (/^[ -~]*$/.test(step) && !/^(?:\.git|git~)/i.test(step)) return false;
  const seen = step.replace(/\p{Default_Ignorable_Code_Point}/gu, '');
  const plain = (seen.split(':')[0] ?? '').replace(/[. ]+$/, '');
  // Upper case first, so that a dotless i, too, is an i.
  return /^(?:\.git|git~\d+)$/.test(plain.normalize('NFKC').toUpperCase().toLowerCase());
}
