import type { JudgedQueue, PatchVerdict } from '../model/patch-verdict.ts';
import type { MoveStay } from '../model/update.ts';

/**
 * Why a pin may not move to the ref that its patches were tried on: the first patch that would no longer
 * apply there and that no repair makes fit. The repository must keep building.
 */
export function stayBecauseOf({ verdicts, repairs = [] }: JudgedQueue): MoveStay | undefined {
  const repaired = new Set(repairs.map(({ path }) => path));
  const verdict = verdicts.find((one) => !fits(one) && !repaired.has(one.path));
  return verdict && { kind: 'patch', verdict };
}

function fits({ verdict }: PatchVerdict): boolean {
  return verdict === 'applies' || verdict === 'applies-with-offset';
}
