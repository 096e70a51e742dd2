import type { JudgedQueue, PatchVerdict } from '../model/patch-verdict.ts';
import { verdictReason } from './conflict-words.ts';
import { code, count, details, table } from './markdown.ts';
import type { Section } from './markdown.ts';

/** What verdicts may take of a summary; beyond some hundred that do not apply, nobody reads them here. */
const mostCharacters = 40_000;

/** Those that do not apply are shown, the others folded beneath them. */
export function verdictSections(queues: readonly JudgedQueue[]): readonly Section[] {
  const loud = verdictRows(queues, ({ verdict }) => verdict !== 'applies');
  const quiet = verdictRows(queues, ({ verdict }) => verdict === 'applies');
  const shown = loud.slice(0, fitting(loud));
  const unshown = loud.length - shown.length;
  const calm = verdictTable(quiet);
  return [
    { text: verdictTable(shown) },
    { text: unshown > 0 ? `${count(unshown, 'verdict')} more: pinwheel check lists them.` : '' },
    {
      text: loud.length > 0 && quiet.length > 0 ? details(applyWords(quiet.length), calm) : calm,
      optional: true,
      instead: `${applyWords(quiet.length)}: pinwheel check lists them.`,
    },
  ];
}

function applyWords(n: number): string {
  return n === 1 ? '1 patch applies' : `${n} patches apply`;
}

type Row = readonly string[];

/** How many rows there is room for. */
function fitting(rows: readonly Row[]): number {
  let room = mostCharacters;
  const first = rows.findIndex((cells) => {
    room -= cells.join(' | ').length + 5;
    return room < 0;
  });
  return first === -1 ? rows.length : first;
}

function verdictRows(
  queues: readonly JudgedQueue[],
  wanted: (verdict: PatchVerdict) => boolean,
): readonly Row[] {
  return queues.flatMap(({ component, series, ref, verdicts }) =>
    verdicts
      .filter(wanted)
      .map((verdict) => [
        code(`${component}/${series}`),
        code(ref),
        code(verdict.path.slice(verdict.path.lastIndexOf('/') + 1)),
        verdict.verdict === 'applies' ? verdict.verdict : `**${verdict.verdict}**`,
        code(verdictReason(verdict)),
      ]),
  );
}

function verdictTable(rows: readonly Row[]): string {
  return table(['queue', 'on', 'patch', 'verdict', 'why'], rows);
}
