import { disableAutoMerge, enableAutoMerge, enqueuePull } from '../acts/auto-merge.ts';
import { mergePull } from '../acts/merge.ts';
import type { PullIssue } from '../state/nouns.ts';
import { Refusal } from '../state/refusal.ts';
import { nodeId } from '../state/site.ts';
import type { Scene } from '../state/site.ts';
import type { Answer } from './call.ts';

type Act = (scene: Scene, issue: PullIssue, expected: string | undefined) => Promise<unknown>;

/** Mutations about merging, for which REST has no endpoint, and the one that compares the head first. */
export const mergeMutations: Readonly<Record<string, Act>> = {
  enablePullRequestAutoMerge: enableAutoMerge,
  disablePullRequestAutoMerge: (scene, issue) => disableAutoMerge(scene, issue),
  enqueuePullRequest: enqueuePull,
  mergePullRequest: (scene, issue, sha) =>
    mergePull(scene, issue, { ...(sha !== undefined && { sha }) }),
};

/** `input.expectedHeadOid` of the variables is compared; what is refused is told within the answer. */
export async function changeMerge(
  scene: Scene,
  issue: PullIssue,
  asked: { readonly name: string; readonly variables: unknown },
): Promise<Answer> {
  const { name, variables } = asked;
  const { input } = (variables ?? {}) as { readonly input?: { expectedHeadOid?: string } };
  try {
    await mergeMutations[name]?.(scene, issue, input?.expectedHeadOid);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const problem = { type: 'UNPROCESSABLE', path: [name], message: error.message };
    return { status: 200, body: { data: { [name]: null }, errors: [problem] } };
  }
  const pullRequest = { id: nodeId('PR', issue.pull.id), number: issue.number };
  return { status: 200, body: { data: { [name]: { clientMutationId: null, pullRequest } } } };
}
