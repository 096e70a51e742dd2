import pLimit from 'p-limit';
import type { Catalog } from '../../core/model/catalog.ts';
import type { Failure } from '../../core/model/failures.ts';
import type { CarriedPatch } from '../../core/model/patch-carry.ts';
import { refText } from '../../core/model/source-ref.ts';
import { isFailure } from '../../core/model/upstream.ts';
import type { UpstreamState } from '../../core/model/upstream.ts';
import { pinTarget } from '../../core/decide/lock.ts';
import { carryTable, carryTrials } from '../../core/decide/patch-carry.ts';
import type { CarryTrial, TriedCarry } from '../../core/decide/patch-carry.ts';
import { tryQueues } from './patch-queues.ts';
import type { QueueTarget, TrialWorld } from './patch-queues.ts';

export interface CarriedForward {
  readonly carry: readonly CarriedPatch[];
  readonly failed: readonly Failure[];
}

/** Sources open at once: each has files of its own, and there may be a thousand. */
const atOnce = 16;

/** How every carried patch stands in the other series; what the world did not give is left out of the table. */
export async function carryForward(
  world: TrialWorld,
  catalog: Pick<Catalog, 'series'>,
  refs: UpstreamState['refs'],
): Promise<CarriedForward> {
  const limit = pLimit(atOnce);
  const answers = await Promise.all(
    carryTrials(catalog).map((trial) => limit(() => tryCarry(world, trial, { catalog, refs }))),
  );
  return {
    carry: carryTable(
      catalog,
      answers.flatMap(({ tried }) => tried),
    ),
    failed: answers.flatMap(({ failed }) => failed),
  };
}

interface Pinned {
  readonly catalog: Pick<Catalog, 'series'>;
  readonly refs: UpstreamState['refs'];
}

async function tryCarry(
  world: TrialWorld,
  trial: CarryTrial,
  pinned: Pinned,
): Promise<{ readonly tried: readonly TriedCarry[]; readonly failed: readonly Failure[] }> {
  const target = targetOf(trial, pinned);
  if (!target) return { tried: [], failed: [] };
  const { queues, failed } = await tryQueues(world, [target]);
  const { component, from, to } = trial;
  const what = `patches of ${component} (${from}) in ${to}`;
  return {
    tried: queues.map((judged) => ({ trial, judged })),
    failed: failed.map((failure) => ({ ...failure, what })),
  };
}

/** Where the pin itself is wrong, others say so. */
function targetOf(
  { component, to, queue }: CarryTrial,
  { catalog, refs }: Pinned,
): QueueTarget | undefined {
  const pins = catalog.series.find(({ id }) => id === to)?.pins ?? [];
  const pin = pins.find((one) => one.component === component);
  const source = pin && pinTarget(pin, refs.get(component));
  return !source || isFailure(source) ? undefined : { queue, source, ref: refText(pin.ref) };
}
