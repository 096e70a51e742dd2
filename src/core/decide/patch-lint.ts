import type { Catalog } from '../model/catalog.ts';
import type { Finding, FindingLevel } from '../model/finding.ts';
import type { PatchFile, PatchQueue } from '../model/patch.ts';
import type { CarriedPatch } from '../model/patch-carry.ts';
import { siblingFindings } from './patch-siblings.ts';

/**
 * What a maintainer should know of the carried patches without trying them. What makes one unusable is
 * its verdict, and a queue that nothing pins is a finding of the repository: neither is told here.
 */
export function patchLint(catalog: Catalog, carry?: readonly CarriedPatch[]): readonly Finding[] {
  const queues = catalog.series.flatMap(({ queues }) => [...queues.values()]);
  return [...queues.flatMap(queueLint), ...siblingFindings(catalog, carry)];
}

/** The same for one queue alone. */
export function queueLint(queue: PatchQueue): readonly Finding[] {
  return [...numberFindings(queue), ...queue.patches.flatMap(fileFindings)];
}

function fileFindings(patch: PatchFile): readonly Finding[] {
  if (patch.content.problems.length > 0) return [];
  return [
    ...headFindings(patch),
    ...(patch.content.value.crlf ? [crlf(patch)] : []),
    ...severalCommits(patch),
  ];
}

function headFindings(patch: PatchFile): readonly Finding[] {
  const { author, subject, changeId, bugs } = patch.header;
  if (author === undefined || subject === undefined) {
    const what = subject === undefined ? 'subject' : 'author';
    const words = {
      code: 'patch-header-missing',
      message: `${patch.name} has no ${what}, so nobody can tell where it comes from`,
      remedy: 'make it with git format-patch, or write From: and Subject: lines above the diff',
    };
    return [finding(patch, 'warning', words)];
  }
  if (changeId !== undefined || bugs.length > 0) return [];
  const words = {
    code: 'patch-origin-missing',
    message: `${patch.name} has no Change-Id and names no bug, so upstream's copy is hard to find`,
    remedy: 'add a Change-Id: or Closes-Bug: line to its message if upstream has one',
  };
  return [finding(patch, 'notice', words)];
}

function crlf(patch: PatchFile): Finding {
  return finding(patch, 'warning', {
    code: 'patch-crlf',
    message: `${patch.name} has CRLF line ends throughout, so it fits no source with LF`,
    remedy: 'turn its line ends to LF, and have git leave *.patch alone: *.patch -text',
  });
}

function severalCommits(patch: PatchFile): readonly Finding[] {
  const [, second] = patch.content.value.commits;
  if (second === undefined) return [];
  const words = {
    code: 'patch-several-commits',
    message: `${patch.name} holds ${patch.content.value.commits.length} commits, which get one verdict`,
    remedy: 'split it into a file for each commit',
  };
  return [{ ...finding(patch, 'notice', words), line: second }];
}

function numberFindings({ patches }: PatchQueue): readonly Finding[] {
  const numbered = patches.map((patch) => ({ patch, number: numberOf(patch) }));
  return numbered.flatMap(({ patch, number }, index): readonly Finding[] => {
    if (number === undefined) return [unnumbered(patch)];
    const earlier = numbered.slice(0, index).filter((one) => one.number !== undefined);
    const same = earlier.find((one) => one.number === number);
    if (same) return [duplicate(patch, same.patch)];
    // Without any number below it, the queue begins late: as much of a gap as one in the middle.
    const before = Math.max(0, ...earlier.map((one) => one.number ?? 0));
    return number > before + 1 ? [gap(patch, before + 1, number - 1)] : [];
  });
}

/** `0001` of `0001-fix-quota.patch`. */
function numberOf({ name }: PatchFile): number | undefined {
  const digits = /^(\d{1,9})[-_.]/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function unnumbered(patch: PatchFile): Finding {
  return finding(patch, 'warning', {
    code: 'patch-number-missing',
    message: `${patch.name} has no number, and patches are applied in the order of their names`,
    remedy: 'rename it to NNNN-<subject>.patch, with the number of its place in the queue',
  });
}

function duplicate(patch: PatchFile, earlier: PatchFile): Finding {
  return finding(patch, 'warning', {
    code: 'patch-number-duplicate',
    message: `${patch.name} has the number of ${earlier.name}, so only the rest of the names orders them`,
    remedy: 'give each patch of the queue a number of its own',
  });
}

/** News only: a patch that is dropped leaves its number behind on purpose. */
function gap(patch: PatchFile, from: number, to: number): Finding {
  const numbers = from === to ? `number ${from}` : `numbers ${from} to ${to}`;
  return finding(patch, 'notice', {
    code: 'patch-number-gap',
    message: `no patch before ${patch.name} has ${numbers}`,
    remedy: 'add the patch if it was forgotten; after a drop, leave it as it is',
  });
}

function finding(
  { path }: PatchFile,
  level: FindingLevel,
  words: Pick<Finding, 'code' | 'message' | 'remedy'>,
): Finding {
  return { ...words, file: path, line: 1, level };
}
