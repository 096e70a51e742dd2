import { isFailure } from '../../core/model/upstream.ts';
import type { UpstreamState } from '../../core/model/upstream.ts';
import type { Proposal } from '../../core/model/proposal.ts';
import type { Snapshot } from '../../core/model/snapshot.ts';
import { proposalGroups } from '../../core/decide/proposal-groups.ts';
import { unsettledSeries } from '../../core/decide/unsettled.ts';
import { planUpdate } from '../../core/decide/update.ts';
import { readCatalog } from '../../core/formats/catalog.ts';
import type { SweptBase } from '../../core/render/sweep.ts';
import type { PatchTrials } from '../../edge/git/patch-trial.ts';
import type { ImagesMirror } from '../../edge/git/images-mirror.ts';
import type { NewFilesReader } from '../../edge/git/new-files.ts';
import type { GitHubApp } from '../../edge/github/app.ts';
import type { GitHubRepository } from '../../edge/github/repository.ts';
import { decideLanes } from './decide-lanes.ts';
import type { LanedBase } from './decide-lanes.ts';
import { driveProposals } from './drive-proposals.ts';
import { gatherUpstream } from './gather.ts';
import type { Upstreams } from './gather.ts';
import { groupEdits, predictRebuild } from './group-edits.ts';
import { makeProposal } from './make-proposal.ts';
import { tryMoves } from './move-patches.ts';
import { snapshotOf } from './remote-snapshot.ts';

export interface SweepWorld {
  readonly github: Pick<GitHubApp, 'repository' | 'account'>;
  readonly images: ImagesMirror;
  readonly upstream: Upstreams;
  readonly trials: PatchTrials;
  readonly newFiles: NewFilesReader;
  /** Today as an ISO date. */
  readonly today: () => string;
}

/** One base branch: what should be proposed, and that it is. */
export async function sweepBase(
  world: SweepWorld,
  repository: GitHubRepository,
  base: string,
): Promise<SweptBase> {
  const nothing = { base, steps: [], closed: [], unknown: 0 };
  const found = await snapshotOf(world.images, repository, base);
  if (!found) return { ...nothing, refused: 'the branch is gone' };
  const { snapshot, commit: onto } = found;
  const catalog = readCatalog(snapshot);
  const [problem] = catalog.problems;
  if (problem) {
    return { ...nothing, refused: `${problem.file}:${problem.line}: ${problem.message}` };
  }
  if (catalog.series.length === 0) return { ...nothing, refused: 'it has no releases/ folder' };
  const made = await proposalsFor(world, { base, catalog, snapshot, repository });
  const place = { repository, onto, snapshot, account: await world.github.account() };
  const most = catalog.policy.limits.openPullRequests;
  const driven = await driveProposals(place, { base, most, ...made });
  return { base, unknown: made.unknown, ...driven };
}

interface Declared extends LanedBase {
  readonly snapshot: Snapshot;
}

interface Made {
  readonly proposals: readonly Proposal[];
  /** How many questions had no answer: what is not proposed may be so for want of them. */
  readonly unknown: number;
}

async function proposalsFor(world: SweepWorld, declared: Declared): Promise<Made> {
  const { base, catalog, snapshot } = declared;
  const state = await gatherUpstream(world.upstream, catalog, 'only what may move');
  const planned = planUpdate(catalog, state, world.today());
  const moves = { carrying: planned.moves, refs: state.refs };
  const { plan, queues } = await tryMoves({ trials: world.trials, snapshot }, planned, moves);
  const noted = await decideLanes(world, declared, { plan, refs: state.refs });
  const groups = proposalGroups({ ...{ base, catalog, queues }, ...noted });
  const unsettled = unsettledSeries(catalog, noted.plan.failed);
  const proposals: Proposal[] = [];
  let unknown = noted.plan.failed.length;
  for (const group of groups) {
    const written = await groupEdits(world.upstream, { group, snapshot });
    unknown += written.failed.length;
    const proposal = makeProposal({
      ...{ group, snapshot, catalog },
      edits: written.edits,
      notes: group.moves.flatMap((move) => noted.notes.get(move) ?? []),
      ...(await predictRebuild(world.upstream, { before: catalog, after: written.after })),
      webUrl: (component) => webUrl(component, state),
    });
    const isSettled = group.lane.kind !== 'refs' || !unsettled.has(group.lane.series);
    if (proposal && written.failed.length === 0) proposals.push({ ...proposal, isSettled });
  }
  return { proposals, unknown };
}

/** Where a browser can go too. */
function webUrl(component: string, { refs }: UpstreamState): string | undefined {
  const found = refs.get(component);
  if (!found || isFailure(found) || !/^https?:/.test(found.url)) return undefined;
  return found.url.replace(/\.git$/, '');
}
