import { WorldError } from '../../core/model/failures.ts';
import type { Lane } from './lane.ts';
import { reclaim } from './put-back.ts';
import type { Run, RunContext } from './run-job.ts';
import { settledOf } from './settled.ts';
import { tick, within } from './wait.ts';

/**
 * Says that we live, so that nobody takes our jobs; hears which of them were taken all the same; and
 * gives back those of workers that are silent.
 */
export async function beat(lanes: readonly Lane[], context: RunContext): Promise<void> {
  for (const lane of lanes) await touch(lane, context);
  const { database, limits, emit } = context;
  try {
    const found = await within(
      limits.leaseMs,
      'look for lost jobs',
      reclaim(database, limits.leaseMs),
    );
    for (const one of found) emit({ kind: 'recovered', ...one });
    if (found.length > 0) for (const lane of lanes) lane.bell.ring();
  } catch {
    // The database is away; whoever fetches says so.
  }
}

async function touch(lane: Lane, context: RunContext): Promise<void> {
  const runs = [...lane.runs.values()].filter(({ phase }) => phase === 'running');
  if (runs.length === 0) return;
  const asked = tick();
  try {
    const claims = runs.map(({ claim }) => claim);
    const answer = context.boss.touch(lane.queue, claims);
    const ours = settledOf(await within(context.limits.leaseMs / 4, 'extend leases', answer));
    for (const run of runs) {
      if (ours.has(run.claim.id)) run.confirmedAt = asked;
      else lose(run, context);
    }
  } catch {
    for (const run of runs) if (isNearEnd(run, context)) lose(run, context);
  }
}

/** We must have stopped before somebody else may begin. */
function isNearEnd(run: Run, { limits }: RunContext): boolean {
  return tick() - run.confirmedAt > limits.leaseMs * 0.8;
}

/** A run whose end is being written finds out by itself whether it is too late. */
function lose(run: Run, { emit }: RunContext): void {
  if (run.phase !== 'running') return;
  run.phase = 'over';
  emit({ kind: 'lost', job: run.job });
  run.control.abort(
    new WorldError('the job was given to another worker', 'nothing: the other one does it'),
  );
}
