import { checkJson, checkSummary } from '../../core/render/check.ts';
import { patchTables } from '../../core/render/patch-verdicts.ts';
import { check } from '../../journeys/check.ts';
import type { CheckResult } from '../../journeys/check.ts';
import { withWorld } from '../common.ts';
import type { CommonOptions } from '../common.ts';
import { exitCodes } from '../exit.ts';
import {
  failureLine,
  findingLine,
  printError,
  printJson,
  printLine,
  printTables,
} from '../output.ts';

/** How many days before a series ends people are told. */
const endNoticeDays = 60;

export async function runCheck(
  common: CommonOptions,
  options: { readonly series: readonly string[]; readonly component: readonly string[] },
): Promise<number> {
  const result = await withWorld(common, async ({ upstream, workingTree, trials, clock }) =>
    check(
      {
        trials,
        upstream,
        workingTree,
        today: () => clock.today(),
        horizon: () => clock.daysAhead(endNoticeDays),
      },
      { series: options.series, components: options.component },
    ),
  );
  if (common.json) printJson(checkJson(result));
  else await printResult(result);
  return exitCode(result);
}

async function printResult(result: CheckResult): Promise<void> {
  const loud = result.findings.filter(({ level }) => level !== 'notice');
  const quiet = result.findings.filter(({ level }) => level === 'notice');
  await printTables(patchTables(result.queues));
  for (const finding of loud) printLine(findingLine(finding));
  for (const finding of quiet) printLine(`note: ${findingLine(finding)}`);
  for (const failure of result.failed) printError(`pinwheel: ${failureLine(failure)}`);
  printLine(checkSummary(result));
}

function exitCode({ broken, failed, findings }: CheckResult): number {
  if (broken) return exitCodes.usage;
  if (failed.length > 0) return exitCodes.world;
  return findings.some(({ level }) => level !== 'notice') ? exitCodes.findings : exitCodes.fine;
}
