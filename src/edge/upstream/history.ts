import { WorldError } from '../../core/model/failures.ts';
import type { Failure } from '../../core/model/failures.ts';
import type { CommitDescription, ReachableTags } from '../../core/model/upstream.ts';
import { askEach, realUrl } from './asking.ts';
import type { Asking } from './asking.ts';

export interface ReachableRequest {
  readonly component: string;
  readonly url: string;
  readonly series: string;
  /** Full ref names: `refs/heads/stable/2025.2`, `refs/tags/2024.2-eol`. */
  readonly ref: string;
  readonly notRefs: readonly string[];
}

export interface DescribeRequest {
  readonly component: string;
  readonly url: string;
  /** Full name of a ref that contains the commit. */
  readonly ref: string;
  readonly commit: string;
}

/** Which tags the history of a ref has that others do not. In the order of the requests. */
export function readReachableTags(
  requests: readonly ReachableRequest[],
  asking: Asking,
): Promise<readonly ReachableTags[]> {
  const question = {
    what: ({ component }: ReachableRequest) => `history of ${component}`,
    ask: (request: ReachableRequest) => reachableTags(request, asking),
  };
  return askEach(requests, question, asking);
}

async function reachableTags(request: ReachableRequest, asking: Asking): Promise<ReachableTags> {
  const { component, series, ref, notRefs } = request;
  const answer = { component, series, branch: ref.replace(/^refs\/(?:heads|tags)\//, '') };
  const url = realUrl(request.url, asking);
  try {
    const tags = await asking.limitGit(() => asking.git.reachableTags({ url, ref, notRefs }));
    return { ...answer, tags };
  } catch (error) {
    if (error instanceof WorldError) return { ...answer, tags: [], unread: error.message };
    throw error;
  }
}

/** Where commits stand after their last release. In the order of the requests. */
export function describeCommits(
  requests: readonly DescribeRequest[],
  asking: Asking,
): Promise<readonly (CommitDescription | Failure)[]> {
  const question = {
    what: ({ component, commit }: DescribeRequest) =>
      `version of ${component} ${commit.slice(0, 8)}`,
    ask: (request: DescribeRequest) => describeCommit(request, asking),
  };
  return askEach(requests, question, asking);
}

async function describeCommit(
  request: DescribeRequest,
  asking: Asking,
): Promise<CommitDescription | Failure> {
  const { component, ref, commit } = request;
  const url = realUrl(request.url, asking);
  try {
    const found = await asking.limitGit(() => asking.git.describe({ url, ref, commit }));
    const { tag, distance, semVer } = found;
    return { component, commit, ...(tag === undefined ? {} : { tag }), distance, semVer };
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    const what = `version of ${component} at ${commit}`;
    return { what, why: error.message, about: { kind: 'component', component } };
  }
}
