import type { ConflictKit } from '../model/conflict-origin.ts';
import type { JudgedQueue } from '../model/patch-verdict.ts';
import { kitSteps } from './conflict-kit.ts';
import { block, code, details, htmlCode } from './markdown.ts';
import type { Section } from './markdown.ts';

/** How to rebuild by hand what conflicts, folded; a section a patch. */
export function kitSections(queues: readonly JudgedQueue[]): readonly Section[] {
  return queues.flatMap(({ kits = [] }) => kits.map(kitSection));
}

function kitSection(kit: ConflictKit): Section {
  const steps = kitSteps(kit, code(kit.path));
  const parts = steps.flatMap(({ words, commands }) => [
    words,
    ...(commands.length > 0 ? [block(commands.join('\n'), 'sh')] : []),
  ]);
  return {
    text: details(`How to rebuild ${htmlCode(kit.path)} by hand`, parts.join('\n\n')),
    optional: true,
    instead: `How to rebuild ${code(kit.path)}: pinwheel check tells.`,
  };
}
