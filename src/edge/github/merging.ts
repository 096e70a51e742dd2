import { graphqlProblem, hasStatus, wordedGraphql } from './failure.ts';
import type { Opened } from './opened.ts';

/** What GitHub said to a wish to merge. */
export type MergeAnswer =
  /** It merges by itself as soon as it may. */
  | { readonly kind: 'waits' }
  /** Nothing was missing any more. */
  | { readonly kind: 'merged' | 'queued' }
  | { readonly kind: 'refused'; readonly why: string };

/** What of a pull request matters to merging it. */
export interface MergeFacts {
  readonly nodeId: string;
  /** Who asked for auto-merge; missing where nobody did. */
  readonly askedBy?: string;
  readonly files: readonly { readonly path: string; readonly status: string }[];
}

/** GitHub's own auto-merge and merge queue: nothing is merged here by another way. */
export interface Merging {
  facts(number: number): Promise<MergeFacts>;
  /** Names of checks that a branch requires, by protection or by rulesets. */
  requiredChecks(branch: string): Promise<readonly string[]>;
  /** Has a pull request merged when all that is required is there; `head`: the commit that was looked at. */
  ask(nodeId: string, head: string): Promise<MergeAnswer>;
  /** False where nobody had asked. */
  takeBack(nodeId: string): Promise<boolean>;
}

export function openMerging(opened: Opened): Merging {
  return {
    facts: (number) => facts(opened, number),
    requiredChecks: (branch) => requiredChecks(opened, branch),
    ask: (id, head) => ask(opened, { pullRequestId: id, expectedHeadOid: head }),
    takeBack: async (id) =>
      (await mutate(opened, 'disablePullRequestAutoMerge', { pullRequestId: id })) === undefined,
  };
}

async function facts({ octokit, at }: Opened, number: number): Promise<MergeFacts> {
  const asked = { ...at, pull_number: number };
  const { data } = await octokit.rest.pulls.get(asked);
  const files = await octokit.paginate(octokit.rest.pulls.listFiles, { ...asked, per_page: 100 });
  const by = data.auto_merge?.enabled_by.login;
  return {
    nodeId: data.node_id,
    ...(by !== undefined && { askedBy: by }),
    // What a file was called before counts as well.
    files: files.flatMap(({ filename, status, previous_filename: before }) => [
      { path: filename, status },
      ...(before === undefined ? [] : [{ path: before, status }]),
    ]),
  };
}

async function requiredChecks({ octokit, at }: Opened, branch: string): Promise<readonly string[]> {
  try {
    const [{ data }, rules] = await Promise.all([
      octokit.rest.repos.getBranch({ ...at, branch }),
      octokit.paginate(octokit.rest.repos.getBranchRules, { ...at, branch, per_page: 100 }),
    ]);
    const protection = data.protection.required_status_checks?.contexts ?? [];
    const ruled = rules.flatMap((rule) =>
      rule.type === 'required_status_checks' ? (rule.parameters?.required_status_checks ?? []) : [],
    );
    return [...new Set([...protection, ...ruled.map(({ context }) => context)])];
  } catch (error) {
    if (hasStatus(error, 404)) return [];
    throw error;
  }
}

interface MergeInput {
  readonly pullRequestId: string;
  readonly expectedHeadOid?: string;
}

/** GitHub waits for what is missing; where nothing is, it says so and has to be told to go on. */
async function ask(opened: Opened, input: MergeInput): Promise<MergeAnswer> {
  const why = await mutate(opened, 'enablePullRequestAutoMerge', input);
  if (why === undefined) return { kind: 'waits' };
  if (!/\bclean status\b/i.test(why)) return { kind: 'refused', why };
  if ((await mutate(opened, 'enqueuePullRequest', input)) === undefined) return { kind: 'queued' };
  const last = await mutate(opened, 'mergePullRequest', input);
  return last === undefined ? { kind: 'merged' } : { kind: 'refused', why: last };
}

const types = {
  enablePullRequestAutoMerge: 'EnablePullRequestAutoMergeInput',
  disablePullRequestAutoMerge: 'DisablePullRequestAutoMergeInput',
  enqueuePullRequest: 'EnqueuePullRequestInput',
  mergePullRequest: 'MergePullRequestInput',
} as const;

/** What GitHub says against it; `undefined` where it is done. Throws where that is not about this pull request. */
async function mutate(
  { octokit, now }: Opened,
  name: keyof typeof types,
  input: MergeInput,
): Promise<string | undefined> {
  const query = `mutation($input: ${types[name]}!) { ${name}(input: $input) { clientMutationId } }`;
  try {
    await octokit.graphql(query, { input });
    return undefined;
  } catch (error) {
    const first = graphqlProblem(error);
    if (first?.type === 'UNPROCESSABLE' || first?.type === 'FORBIDDEN') return first.message;
    throw wordedGraphql(error, now());
  }
}
