import type { PatchRepair } from '../model/patch-verdict.ts';
import { upstreamWords } from './patch-words.ts';

type Drop = Extract<PatchRepair, { readonly kind: 'drop' }>;

/** The `fixed` of `check --fix --json`; keys are a contract (docs/design.md). */
export function fixedJson(repairs: readonly PatchRepair[]): readonly object[] {
  return repairs.map((repair) => {
    const { kind, path } = repair;
    if (kind === 'refresh') {
      return { path, kind, because: repair.because, interdiff: repair.interdiff };
    }
    const { by, upstreamCommit, firstTag } = repair.verdict;
    return {
      ...{ path, kind, by },
      ...(upstreamCommit !== undefined && { upstreamCommit }),
      ...(firstTag !== undefined && { firstTag }),
    };
  });
}

/**
 * What was done to each patch. `most`: how many lines of a difference are shown; what folds is in the
 * working tree for everybody to see.
 */
export function repairLines(
  repairs: readonly PatchRepair[],
  { most }: { readonly most: number },
): readonly string[] {
  return repairs.flatMap((repair) => {
    const path = shown(repair.path);
    if (repair.kind === 'drop') return [`dropped ${path}: ${dropWords(repair.verdict)}`];
    return [
      `refreshed ${path}: ${becauseWords[repair.because]}`,
      ...folded(interdiffLines(repair.interdiff), most),
    ];
  });
}

/** What the source says alone may be a likeness: history is better proof. */
function dropWords(verdict: Drop['verdict']): string {
  const proven = verdict.upstreamCommit !== undefined;
  return `${upstreamWords(verdict)}${proven ? '' : '; no commit names it, so compare before you commit'}`;
}

const becauseWords = {
  'does-not-apply': 'it did not apply as it was',
  'stands-on-repaired': 'it stands on what was refreshed or dropped',
} as const;

function interdiffLines(interdiff: string): readonly string[] {
  if (interdiff === '') return ['only line numbers and blob ids are new'];
  return interdiff
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
    .map(shown);
}

/** Text of a patch is anybody's: it must not move the cursor of a terminal. */
function shown(line: string): string {
  return line.replace(/[^\P{C}\t]/gu, '\u{fffd}');
}

function folded(lines: readonly string[], most: number): readonly string[] {
  // One line more is no longer than what would be said instead of it.
  const shown = lines.length > most + 1 ? lines.slice(0, most) : lines;
  const more = lines.length - shown.length;
  const rest = more > 0 ? [`… and ${more} lines more, which git diff shows`] : [];
  return [...shown, ...rest].map((line) => (line === '' ? '' : `    ${line}`));
}
