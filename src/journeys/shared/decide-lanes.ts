import type { Catalog } from '../../core/model/catalog.ts';
import type { Failure } from '../../core/model/failures.ts';
import type { Lane } from '../../core/model/proposal.ts';
import type { ReleaseNotes } from '../../core/model/release-notes.ts';
import type { Move, UpdatePlan } from '../../core/model/update.ts';
import type { UpstreamState } from '../../core/model/upstream.ts';
import { branchOf } from '../../core/decide/proposal-names.ts';
import type { GitHubRepository } from '../../edge/github/repository.ts';
import { notesOf } from './move-notes.ts';
import type { NotesWorld } from './move-notes.ts';

/** A base branch, and the repository whose pull requests say what was proposed for it. */
export interface LanedBase {
  readonly base: string;
  readonly catalog: Catalog;
  readonly repository: GitHubRepository;
}

/** What may be proposed now, and what upstream says of it. */
export interface LanedPlan {
  /** Without moves that nothing can be said of before upstream answers; those are among its failures. */
  readonly plan: UpdatePlan;
  readonly notes: ReadonlyMap<Move, ReleaseNotes>;
  readonly isSecurity: (move: Move) => boolean;
}

/**
 * Which moves close a hole, by upstream's notes. Where those cannot be read a move is like any other,
 * unless it was proposed as such: it must neither lose its pull request nor come back in that of the series.
 */
export async function decideLanes(
  world: NotesWorld,
  { base, catalog, repository }: LanedBase,
  { plan, refs }: { readonly plan: UpdatePlan; readonly refs: UpstreamState['refs'] },
): Promise<LanedPlan> {
  const moves = plan.moves.filter(({ stay }) => stay?.kind !== 'untried');
  const { notes, unread } = await notesOf(world, moves, { catalog, refs });
  const waiting = new Map<Move, Failure>();
  for (const move of unread) {
    const { series, component } = move.pin;
    const branch = branchOf(base, { kind: 'security', series, component } satisfies Lane);
    const [newest] = await repository.pulls.from(branch, base);
    if (newest === undefined || newest.state === 'merged') continue;
    const about = { kind: 'component', component, series } as const;
    const what = `release notes of ${component} (${series})`;
    waiting.set(move, { what, why: 'upstream did not give them', about });
  }
  return {
    notes,
    isSecurity: (move) =>
      notes.get(move)?.notes.some(({ section }) => section === 'security') ?? false,
    plan: {
      ...plan,
      moves: moves.filter((move) => !waiting.has(move)),
      failed: [...plan.failed, ...waiting.values()],
    },
  };
}
