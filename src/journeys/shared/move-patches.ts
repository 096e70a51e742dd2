import type { Failure } from '../../core/model/failures.ts';
import type { PatchQueue } from '../../core/model/patch.ts';
import type { JudgedQueue } from '../../core/model/patch-verdict.ts';
import type { Snapshot } from '../../core/model/snapshot.ts';
import { refText } from '../../core/model/source-ref.ts';
import { isFailure } from '../../core/model/upstream.ts';
import type { UpstreamState } from '../../core/model/upstream.ts';
import type { Move, UpdatePlan } from '../../core/model/update.ts';
import { pinTarget } from '../../core/decide/lock.ts';
import { stayBecauseOf } from '../../core/decide/move-patches.ts';
import { readQueues } from '../../core/formats/catalog-patches.ts';
import { explainConflicts } from './explain-conflicts.ts';
import { tryQueues } from './patch-queues.ts';
import type { TrialWorld } from './patch-queues.ts';

/** A plan whose moves know whether their patches fit, and the verdicts that say so. */
export interface TriedPlan {
  readonly plan: UpdatePlan;
  /** In the order of the moves; each with its repairs. */
  readonly queues: readonly JudgedQueue[];
}

/** Tries the patches of some moves on the refs that they lead to. */
export async function tryMoves(
  world: TrialWorld,
  plan: UpdatePlan,
  { carrying, refs }: { readonly carrying: readonly Move[]; readonly refs: UpstreamState['refs'] },
): Promise<TriedPlan> {
  const queues = queuesOf(carrying, world.snapshot);
  const answers = new Map(
    await Promise.all(
      carrying.map(async (move) => {
        const queue = queues.get(folderOf(move));
        return [move, queue && (await tryMove(world, queue, { move, refs }))] as const;
      }),
    ),
  );
  const judged = [...answers.values()].filter((answer) => answer !== undefined);
  return {
    plan: {
      ...plan,
      moves: plan.moves.map((move) => withStay(move, answers.get(move))),
      failed: [...plan.failed, ...judged.filter(isFailure)],
    },
    queues: judged.flatMap((answer) => (isFailure(answer) ? [] : [answer])),
  };
}

/** Reads the patches of these moves and no others. */
function queuesOf(moves: readonly Move[], { files }: Snapshot): ReadonlyMap<string, PatchQueue> {
  const folders = new Set(moves.map(folderOf));
  const wanted = [...files].filter(([path]) => folders.has(path.slice(0, path.lastIndexOf('/'))));
  const { value } = readQueues({ files: new Map(wanted) });
  const queues = [...value.values()].flatMap((bySeries) => [...bySeries.values()]);
  return new Map(queues.map((queue) => [`patches/${queue.component}/${queue.series}`, queue]));
}

function folderOf({ pin }: Move): string {
  return `patches/${pin.component}/${pin.series}`;
}

async function tryMove(
  world: TrialWorld,
  queue: PatchQueue,
  { move, refs }: { readonly move: Move; readonly refs: UpstreamState['refs'] },
): Promise<JudgedQueue | Failure> {
  const { pin, to } = move;
  const source = pinTarget({ ...pin, ref: to }, refs.get(pin.component));
  if (isFailure(source)) return source;
  const target = { queue, source, ref: refText(to) };
  const tried = await tryQueues(world, [target], { repair: true });
  const { queues, failed } = await explainConflicts(world, tried, [target]);
  const [answer] = [...queues, ...failed];
  if (!answer) throw new Error(`the patches of ${queue.component} were tried without an answer`);
  return answer;
}

function withStay(move: Move, answer: JudgedQueue | Failure | undefined): Move {
  if (!answer) return move;
  const stay = isFailure(answer)
    ? ({ kind: 'untried', why: answer.why } as const)
    : stayBecauseOf(answer);
  return stay ? { ...move, stay } : move;
}
