import { updateJson, updateSummary, updateTables } from '../../core/render/update.ts';
import { update } from '../../journeys/update.ts';
import type { UpdateResult } from '../../journeys/update.ts';
import { withWorld } from '../common.ts';
import type { CommonOptions } from '../common.ts';
import { exitCodes } from '../exit.ts';
import { failureLine, printError, printJson, printLine, printTables } from '../output.ts';

export async function runUpdate(
  common: CommonOptions,
  options: { readonly write?: true },
): Promise<number> {
  const result = await withWorld(common, async ({ upstream, workingTree, trials, clock }) =>
    update(
      { upstream, workingTree, trials, today: () => clock.today() },
      { write: options.write ?? false },
    ),
  );
  const { plan, queues, written } = result;
  // Loaded by those who have patches that move.
  const words = queues.length > 0 ? await import('./update-patches.ts') : undefined;
  if (common.json) {
    const patches = words?.updatePatchesJson(result) ?? {
      patches: [],
      ...(written && { fixed: [] }),
    };
    printJson({ ...updateJson(plan), ...patches, written: written?.paths ?? [] });
  } else {
    await printTables(updateTables(plan));
    await words?.printPatches(result);
    printLine(`\n${updateSummary(plan, written?.paths)}`);
  }
  for (const failure of plan.failed) printError(`pinwheel: ${failureLine(failure)}`);
  return exitCode(result);
}

function exitCode({ plan, written }: UpdateResult): number {
  if (plan.failed.length > 0) return exitCodes.world;
  const left = written ? plan.moves.filter(({ stay }) => stay) : plan.moves;
  const constraints = written ? [] : plan.constraints;
  return left.length + constraints.length > 0 ? exitCodes.findings : exitCodes.fine;
}
