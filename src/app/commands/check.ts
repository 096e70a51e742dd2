import { UserError } from '../../core/model/failures.ts';
import { kitLines } from '../../core/render/conflict-kit.ts';
import { checkJson, checkSummary } from '../../core/render/check.ts';
import { carryTables } from '../../core/render/patch-carry.ts';
import { repairLines } from '../../core/render/patch-repairs.ts';
import { patchTables } from '../../core/render/patch-verdicts.ts';
import { check } from '../../journeys/check.ts';
import type { CheckResult } from '../../journeys/check.ts';
import { checkAt } from '../../journeys/check-at.ts';
import { withWorld } from '../common.ts';
import type { CommonOptions } from '../common.ts';
import { exitCodes } from '../exit.ts';
import {
  failureLine,
  findingLine,
  mostDifference,
  printError,
  printJson,
  printLine,
  printTables,
} from '../output.ts';
import type { World } from '../world.ts';

/** How many days before a series ends people are told. */
const endNoticeDays = 60;

export interface CheckOptions {
  readonly series: readonly string[];
  readonly component: readonly string[];
  readonly at?: string;
  readonly fix?: true;
  readonly carryForward?: true;
}

export async function runCheck(common: CommonOptions, options: CheckOptions): Promise<number> {
  refuseTogether(options);
  const result = await withWorld(common, (world) => checkIn(world, options));
  if (common.json) printJson(checkJson(result));
  else await printResult(result);
  return exitCode(result);
}

/** Throws UserError for options that want two things of one run. */
function refuseTogether({ at, fix, carryForward }: CheckOptions): void {
  if (at !== undefined && fix) {
    throw new UserError(
      '--at tries patches on what is not pinned, and --fix makes them fit the pin',
      'move the pin first, then run pinwheel check --fix',
    );
  }
  if (!carryForward || (at === undefined && !fix)) return;
  const other = fix ? '--fix' : '--at';
  throw new UserError(
    `--carry-forward compares the patches as they are on what is pinned, and ${other} changes that`,
    'run one after the other',
  );
}

function checkIn(
  { upstream, workingTree, trials, clock }: World,
  { series, component: components, at, fix, carryForward }: CheckOptions,
): Promise<CheckResult> {
  const scope = { series, components };
  const world = { upstream, workingTree, trials };
  if (at !== undefined) return checkAt(world, { ...scope, at });
  const days = { today: () => clock.today(), horizon: () => clock.daysAhead(endNoticeDays) };
  return check(
    { ...world, ...days },
    { ...scope, fix: fix ?? false, carryForward: carryForward ?? false },
  );
}

async function printResult(result: CheckResult): Promise<void> {
  const loud = result.findings.filter(({ level }) => level !== 'notice');
  const quiet = result.findings.filter(({ level }) => level === 'notice');
  const most = mostDifference();
  for (const line of repairLines(result.fixed ?? [], { most })) printLine(line);
  await printTables([...patchTables(result.queues), ...carryTables(result.carry ?? [])]);
  for (const line of result.queues.flatMap(kitLines)) printLine(line);
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
