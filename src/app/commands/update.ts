import { updateJson, updateSummary, updateTables } from '../../core/render/update.ts';
import { update } from '../../journeys/update.ts';
import { withWorld } from '../common.ts';
import type { CommonOptions } from '../common.ts';
import { exitCodes } from '../exit.ts';
import { failureLine, printError, printJson, printLine, printTables } from '../output.ts';

export async function runUpdate(
  common: CommonOptions,
  options: { readonly write?: true },
): Promise<number> {
  const { plan, written } = await withWorld(common, async ({ upstream, workingTree, clock }) =>
    update(
      { upstream, workingTree, today: () => clock.today() },
      { write: options.write ?? false },
    ),
  );
  if (common.json) printJson({ ...updateJson(plan), written: written ?? [] });
  else {
    await printTables(updateTables(plan));
    printLine(`\n${updateSummary(plan, written)}`);
  }
  for (const failure of plan.failed) printError(`pinwheel: ${failureLine(failure)}`);
  if (plan.failed.length > 0) return exitCodes.world;
  const moving = plan.moves.length + plan.constraints.length > 0;
  return moving && !written ? exitCodes.findings : exitCodes.fine;
}
