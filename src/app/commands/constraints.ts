import { constraintsOutput } from '../../core/render/constraints.ts';
import { constraints } from '../../journeys/plan.ts';
import { withWorld } from '../common.ts';
import type { CommonOptions } from '../common.ts';
import { exitCodes } from '../exit.ts';
import { printJson } from '../output.ts';

export async function runConstraints(
  common: CommonOptions,
  series: string,
  service?: string,
): Promise<number> {
  const set = await withWorld(common, async (world) =>
    constraints(world, { series, ...(service === undefined ? {} : { service }) }),
  );
  if (common.json) {
    printJson({
      constraints: set.map(({ name, version, markerText, origin, line }) => ({
        name,
        version,
        marker: markerText,
        origin,
        line,
      })),
    });
  } else process.stdout.write(constraintsOutput(set));
  return exitCodes.fine;
}
