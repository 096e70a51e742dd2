import { BrokenRepository, RetryLater, UserError, WorldError } from '../core/model/failures.ts';
import type { Failure } from '../core/model/failures.ts';
import { checkNames } from '../core/model/check-report.ts';
import type { CheckReport } from '../core/model/check-report.ts';
import type { JobRequest, Outcome } from '../core/model/job.ts';
import { fullName } from '../core/model/repository.ts';
import type { Snapshot } from '../core/model/snapshot.ts';
import { isTopicBranch } from '../core/decide/base-branches.ts';
import { checkReports } from '../core/render/check-reports.ts';
import { endedReports } from '../core/render/ended-checks.ts';
import type { Unchecked } from '../core/render/ended-checks.ts';
import type { ImagesMirror } from '../edge/git/images-mirror.ts';
import type { GitHubApp } from '../edge/github/app.ts';
import type { PullRequest } from '../edge/github/pulls.ts';
import type { GitHubRepository, RepositoryFacts } from '../edge/github/repository.ts';
import { inspectChange } from './shared/inspect-change.ts';
import type { InspectWorld } from './shared/inspect.ts';
import { reach } from './shared/reach.ts';
import { policyIn } from './shared/remote-policy.ts';
import { snapshotOf } from './shared/remote-snapshot.ts';

export interface CheckCommitWorld extends InspectWorld {
  readonly github: Pick<GitHubApp, 'repository'>;
  readonly images: ImagesMirror;
}

export type CheckRequest = Extract<JobRequest, { readonly kind: 'check' }>;

/** Brings the checks of a commit to what there is to say of it. A check that was begun gets an end. */
export async function checkCommit(
  world: CheckCommitWorld,
  request: CheckRequest,
): Promise<Outcome> {
  const reached = await reach(world.github, request.repository);
  if (reached.kind !== 'reached') return reached;
  const { repository, facts, name } = reached;
  const subject = await subjectOf(repository, request);
  if (!subject) {
    await endBegun(repository, request.head);
    return { kind: 'nothing', why: `it is the head of no open pull request of ${name}` };
  }
  const base = await snapshotOf(world.images, repository, subject.base);
  if (!base) {
    await endBegun(repository, request.head);
    return { kind: 'nothing', why: `${subject.base} is gone from ${name}` };
  }
  const place = { repository, facts, subject, base: base.snapshot, request };
  // Where the base has nothing to look after, the pull request may bring it.
  if (!hasSeries(base.snapshot) && !hasSeries(await headOf(world, place))) {
    return { kind: 'nothing', why: `${name} has no releases/ folder` };
  }
  return checkAt(world, place);
}

/** What is to be merged: a pull request, or several of them on their way through a queue. */
interface Subject {
  readonly name: string;
  /** Where git finds it, and the branch that it is to be merged into. */
  readonly ref: string;
  readonly base: string;
  readonly pull?: PullRequest;
}

async function subjectOf(
  { pulls }: GitHubRepository,
  { head, pull: hint, group }: CheckRequest,
): Promise<Subject | undefined> {
  if (group) {
    return { name: group.branch, ref: `refs/heads/${group.branch}`, base: group.base };
  }
  const [pull] = await pulls.withHead(head, hint);
  if (!pull) return undefined;
  const { number, base } = pull;
  return { name: `#${number}`, ref: `refs/pull/${number}/head`, base, pull };
}

/** Of a commit that a pull request had when we were cut off, and has no longer. */
async function endBegun({ checks }: GitHubRepository, head: string): Promise<void> {
  const why = 'it is the head of no open pull request any more';
  for (const report of endedReports(head, { why, again: 'by hand' })) await checks.endBegun(report);
}

interface Place {
  readonly repository: GitHubRepository;
  readonly facts: RepositoryFacts;
  readonly subject: Subject;
  readonly base: Snapshot;
  readonly request: CheckRequest;
}

async function checkAt(world: CheckCommitWorld, place: Place): Promise<Outcome> {
  const { repository, subject, request } = place;
  const { head, again = false } = request;
  for (const name of checkNames) await repository.checks.begin({ name, head, again });
  const { reports, unanswered } = await report(world, place);
  // The reports are there and say so; asked again, upstream may answer.
  if (unanswered) {
    const { what, why } = unanswered;
    throw new WorldError(`${what}: ${why}`, 'see that upstream can be reached from here');
  }
  const words = reports.map(({ name, conclusion }) => `${name} ${conclusion}`);
  return { kind: 'done', what: `${subject.name}: ${words.join(', ')}` };
}

async function report(
  world: CheckCommitWorld,
  place: Place,
): Promise<{ readonly reports: readonly CheckReport[]; readonly unanswered?: Failure }> {
  const { repository, request } = place;
  try {
    const snapshot = await headOf(world, place);
    const checked = await inspectChange(world, { base: place.base, head: snapshot });
    const reports = checkReports({ ...checked, head: request.head, mayPush: mayPushTo(place) });
    for (const one of reports) await repository.checks.finish(one);
    const [unanswered] = checked.failed;
    return { reports, ...(unanswered && { unanswered }) };
  } catch (error) {
    // A rate limit keeps us from writing as well; the job comes back, and the checks wait for it.
    if (!(error instanceof RetryLater)) await endAll(place, error);
    throw error;
  }
}

/** A branch of another repository is not ours to push to, and the bot's own follow the sweep. */
function mayPushTo({ subject: { pull }, base, request, facts }: Place): boolean {
  if (!pull) return false;
  const isHere = pull.headRepository === fullName(request.repository);
  return isHere && isTopicBranch(pull.head, facts, policyIn(base));
}

async function headOf({ images }: CheckCommitWorld, place: Place): Promise<Snapshot> {
  const { repository, subject, request } = place;
  const url = await repository.gitUrl();
  const { ref } = subject;
  return images.snapshotAt({ url, ref, commit: request.head });
}

function hasSeries({ files }: Snapshot): boolean {
  return [...files.keys()].some((path) => path.startsWith('releases/'));
}

/** Why is told to people at once, though it may be tried again: nobody should wait for what may never come. */
async function endAll({ repository, request }: Place, error: unknown): Promise<void> {
  try {
    const reports = endedReports(request.head, uncheckedBecause(error));
    for (const report of reports) await repository.checks.end(report);
  } catch {
    // What is wrong already is thrown on, and the job that ends the checks of dead ones does this again.
  }
}

function uncheckedBecause(error: unknown): Unchecked {
  if (error instanceof UserError) {
    return { why: `${error.message}: ${error.remedy}`, again: 'by hand' };
  }
  if (error instanceof BrokenRepository) return { why: error.message, again: 'by hand' };
  if (error instanceof WorldError) return { why: error.message, again: 'by itself' };
  return { why: 'Pinwheel failed', again: 'by itself' };
}
