import { kitLines } from '../../core/render/conflict-kit.ts';
import { stayLines } from '../../core/render/move-patches.ts';
import { fixedJson, repairLines } from '../../core/render/patch-repairs.ts';
import { patchTables, patchesJson } from '../../core/render/patch-verdicts.ts';
import type { UpdateResult } from '../../journeys/update.ts';
import { mostDifference, printLine, printTables } from '../output.ts';

/** What `update --json` says of patches. */
export function updatePatchesJson({ queues, written }: UpdateResult): object {
  return { patches: patchesJson(queues), ...(written && { fixed: fixedJson(written.repairs) }) };
}

/** The verdicts, what was done to patches, and which pins they keep where they are. */
export async function printPatches({ plan, queues, written }: UpdateResult): Promise<void> {
  await printTables(patchTables(queues));
  const most = mostDifference();
  for (const line of repairLines(written?.repairs ?? [], { most })) printLine(line);
  for (const line of queues.flatMap(kitLines)) printLine(line);
  for (const line of stayLines(plan.moves)) printLine(line);
}
