import type { Build } from '../core/model/build.ts';
import { reaches } from '../core/model/command.ts';
import type { JobRequest, Outcome } from '../core/model/job.ts';
import { combined, failedCells } from '../core/decide/build-dispatch.ts';
import { explainBuild } from '../core/render/build-replies.ts';
import { headTarget, pullTarget } from './shared/build-target.ts';
import type { BuildTarget } from './shared/build-target.ts';
import type { BuildWorld } from './shared/build-world.ts';
import { buildsAt } from './shared/look-at-runs.ts';
import { rebuildNamed, stopBuilds } from './shared/rebuild.ts';
import type { BuildPlace } from './shared/rebuild.ts';
import { reach } from './shared/reach.ts';
import type { Reached } from './shared/reach.ts';

type PressRequest = Extract<JobRequest, { readonly kind: 'press' }>;

/** A button of `pinwheel/images`. GitHub shows them to people who may push; who may is asked again. */
export async function press(world: BuildWorld, request: PressRequest): Promise<Outcome> {
  const reached = await reach(world.github, request.repository);
  if (reached.kind !== 'reached') return reached;
  const { head, by, action, repository: installed } = request;
  const role = await reached.repository.talk.role(by);
  if (!reaches(role, 'write'))
    return { kind: 'refused', why: `${by} may not: the role is ${role}` };
  const builds = await buildsAt(world, reached.repository, { installed, head });
  const target = await targetOf(world, reached, { head, lane: builds.at(-1)?.lane });
  if (!target) return { kind: 'nothing', why: 'the commit is the head of nothing any more' };
  const pressed = { world, installed, target, builds, by };
  switch (action) {
    case 'cancel-build':
      return cancelled(pressed);
    case 'rebuild-failed':
      return rebuilt(pressed);
    case 'explain-build':
      return explained(pressed);
  }
}

interface Pressed extends BuildPlace {
  /** Of the commit, the newest first. */
  readonly builds: readonly Build[];
  readonly by: string;
}

async function cancelled(pressed: Pressed): Promise<Outcome> {
  const stopped = await stopBuilds(pressed, pressed.by);
  return { kind: 'done', what: `${stopped.length} builds are stopped` };
}

async function rebuilt(pressed: Pressed): Promise<Outcome> {
  const { world, builds, by } = pressed;
  const names = failedCells(builds);
  if (names.length === 0) return { kind: 'nothing', why: 'nothing is red' };
  // The newest build is part of the occasion: the same press twice is one, one after it is another.
  const occasion = `button after ${builds[0]?.id ?? 'nothing'}`;
  const { text, jobs = [] } = await rebuildNamed(pressed, { names, occasion, by });
  for (const job of jobs) await world.store.enqueue(job, { priority: 1 });
  return { kind: 'done', what: text.split('\n', 1)[0] ?? '' };
}

async function targetOf(
  world: BuildWorld,
  reached: Reached,
  { head, lane }: { readonly head: string; readonly lane: string | undefined },
): Promise<BuildTarget | undefined> {
  // What the branch had before is not published once more: its tags have moved on.
  if (lane?.startsWith('branch/')) return headTarget(world, reached, { head, lane });
  const [pull] = await reached.repository.pulls.withHead(head);
  return pull && pullTarget(world, reached, pull);
}

async function explained({ world, target, builds }: Pressed): Promise<Outcome> {
  const { reached, pull, head } = target;
  const build = combined(builds);
  if (!pull || !build) return { kind: 'nothing', why: 'there is no pull request to say it on' };
  const isTaken = await reached.repository.comments.offer({
    ...{ issue: pull.number, topic: `explain-${head.slice(0, 12)}` },
    body: explainBuild(build),
    account: await world.github.account(),
  });
  return isTaken
    ? { kind: 'done', what: `explained on #${pull.number}` }
    : { kind: 'refused', why: `GitHub takes no comment on #${pull.number}` };
}
