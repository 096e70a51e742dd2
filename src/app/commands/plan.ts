import { UserError } from '../../core/model/failures.ts';
import { planJson, planMatrix, planSummary, planTables } from '../../core/render/plan.ts';
import { plan } from '../../journeys/plan.ts';
import type { PlanSelection } from '../../journeys/plan.ts';
import { withWorld } from '../common.ts';
import type { CommonOptions } from '../common.ts';
import { exitCodes } from '../exit.ts';
import { printJson, printLine, printTables } from '../output.ts';

interface PlanOptions {
  readonly all?: true;
  readonly base?: string;
  readonly head?: string;
  readonly cell: readonly string[];
  readonly matrix?: true;
}

export async function runPlan(common: CommonOptions, options: PlanOptions): Promise<number> {
  const wanted = selection(options);
  const result = await withWorld(common, async (world) => plan(world, wanted));
  if (options.matrix) printLine(JSON.stringify(planMatrix(result)));
  else if (common.json) printJson(planJson(result));
  else {
    await printTables(planTables(result));
    printLine(`\n${planSummary(result)}`);
  }
  return exitCodes.fine;
}

function selection({ all, base, head, cell }: PlanOptions): PlanSelection {
  const asked = [all === true, base !== undefined, cell.length > 0].filter(Boolean).length;
  if (asked !== 1) {
    throw new UserError(
      'plan needs to know which cells',
      'give one of --all, --base REV, --cell SERVICE/SERIES',
    );
  }
  if (head !== undefined && base === undefined) {
    throw new UserError('--head compares with nothing', 'give --base REV too');
  }
  if (all) return { kind: 'all' };
  if (base === undefined) return { kind: 'named', names: cell };
  return { kind: 'affected', base, ...(head === undefined ? {} : { head }) };
}
