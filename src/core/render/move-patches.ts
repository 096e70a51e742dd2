import { refText } from '../model/source-ref.ts';
import type { PatchVerdict, VerdictWord } from '../model/patch-verdict.ts';
import type { Move } from '../model/update.ts';
import { verdictReason } from './conflict-words.ts';
import { shownName } from './patch-words.ts';
import { verdictVerb } from './update.ts';

const again = 'and run pinwheel update --write again';

/** What makes a patch fit that keeps a pin where it is. Others never do, or never come first. */
const remedies: Partial<Record<VerdictWord, (to: string) => string>> = {
  conflict: (to) => `make it anew on ${to}, or remove it, ${again}`,
  // One that could be refreshed is refreshed; what is left is several commits in one file.
  refreshable: () => `split it into a file for each commit, or refresh it by hand, ${again}`,
  malformed: () => `mend or remove the file, ${again}`,
  refused: () => `remove that part from it, or the whole patch, ${again}`,
};

/** A line for every pin that a patch keeps where it is. */
export function stayLines(moves: readonly Move[]): readonly string[] {
  return moves.flatMap((move) =>
    move.stay?.kind === 'patch' ? [stayLine(move, move.stay.verdict)] : [],
  );
}

function stayLine({ pin, to }: Move, verdict: PatchVerdict): string {
  const target = refText(to);
  const remedy = remedies[verdict.verdict]?.(target) ?? `see to it, ${again}`;
  const name = shownName(verdict.path);
  return `${pin.file}:${pin.line}: ${pin.component} stays at ${refText(pin.ref)}: ${name} ${verdictVerb(verdict.verdict)} on ${target} (${verdictReason(verdict)}); ${remedy}`;
}
