import { UserError } from '../../core/model/failures.ts';
import { isPatched } from '../../core/model/patch-apply.ts';
import { applyJson, applyLines } from '../../core/render/apply.ts';
import { applyQueue } from '../../journeys/apply.ts';
import { withWorld } from '../common.ts';
import type { CommonOptions } from '../common.ts';
import { exitCodes } from '../exit.ts';
import { printJson, printLine } from '../output.ts';

export async function runApply(
  common: CommonOptions,
  ...[component, series, { source }]: readonly [string, string, { readonly source: string }]
): Promise<number> {
  // Mostly a variable that a script has not set: the current folder would be taken.
  if (source === '') throw new UserError('--source is empty', 'name the folder of the source');
  const result = await withWorld(common, async ({ workingTree, openSource, openBench }) =>
    applyQueue({ workingTree, source: openSource(source), openBench }, { component, series }),
  );
  if (common.json) printJson(applyJson(result));
  else for (const line of applyLines(result)) printLine(line);
  return isPatched(result) ? exitCodes.fine : exitCodes.findings;
}
