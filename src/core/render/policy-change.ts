import { policyPath } from '../model/catalog.ts';
import type { PinOutlook, PolicyChange } from '../model/policy-change.ts';
import { refText } from '../model/source-ref.ts';
import { code, count, table } from './markdown.ts';
import type { Section } from './markdown.ts';
import { heldReason, moveReason } from './reasons.ts';

/** What a change of the policy file would do, for the check of the pull request that has it. */
export function policyChangeSections({
  settings,
  pins,
  unasked,
}: PolicyChange): readonly Section[] {
  const sections: readonly Section[] = [
    {
      text: table(
        ['setting', 'now', 'then'],
        settings.map(({ key, before, after }) => [code(key), code(before), code(after)]),
      ),
    },
    {
      text: table(
        ['pin', 'now', 'then'],
        pins.map(({ series, component, before, after }) => [
          code(`${component}/${series}`),
          outlookWords(before),
          outlookWords(after),
        ]),
      ),
      optional: true,
      instead: `${count(pins.length, 'pin')} would have another fate: too many to show here.`,
    },
  ];
  const changes = settings.length + pins.length;
  const names = unasked.map(code).join(', ');
  const later =
    unasked.length === 0 ? '' : `Not asked before it is merged, for its upstream is new: ${names}.`;
  return [
    { text: `### What the new ${code(policyPath)} would do\n\n${introduction(changes)}` },
    ...sections,
    { text: later },
  ];
}

function introduction(changes: number): string {
  const rules = 'This pull request is judged by the policy of its base branch.';
  if (changes === 0)
    return `${rules} With the new one nothing would move that stays now, or stay that moves.`;
  return `${rules} Once the new one is merged:`;
}

function outlookWords({ moves, held }: PinOutlook): string {
  const words = [
    ...moves.map((move) => `moves to ${code(refText(move.to))}: ${code(moveReason(move))}`),
    ...held.map((one) => `stays: ${code(heldReason(one))}`),
  ];
  return words.length === 0 ? 'not looked at' : words.join('\n');
}
