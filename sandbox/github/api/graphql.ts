import { setDraft } from '../acts/pulls.ts';
import { isPull } from '../state/nouns.ts';
import type { PullIssue, Repository } from '../state/nouns.ts';
import { Refusal } from '../state/refusal.ts';
import { nodeId, readNodeId } from '../state/site.ts';
import type { Scene, Site } from '../state/site.ts';
import { faultAnswer, refusalAnswer, sufferBefore, toResponse } from './answers.ts';
import { authenticate, authorize } from './auth.ts';
import type { Answer, Caller, Need } from './call.ts';
import { changeMerge, mergeMutations } from './merge-mutations.ts';
import { updateRefs } from './update-refs.ts';
import type { ApiWorld, NodeContext } from './world.ts';

interface GraphQLRequest {
  readonly query: string;
  readonly variables?: unknown;
}

/** The mutations that REST has no endpoint for; what they need is more than a comment would. */
const draftMutations = {
  convertPullRequestToDraft: true,
  markPullRequestReadyForReview: false,
} as const;
type DraftMutation = keyof typeof draftMutations;
const mutations = [...Object.keys(draftMutations), ...Object.keys(mergeMutations), 'updateRefs'];

/** GitHub's GraphQL as far as the bot needs it: some mutations, told by their names. */
export async function answerGraphql(world: ApiWorld, context: NodeContext): Promise<Response> {
  const fault = world.faults.requestFault('POST /graphql');
  const nobody: Caller = { kind: 'anonymous' };
  if (fault !== undefined && (await sufferBefore(fault, context))) {
    return toResponse(world, { context, caller: nobody, answer: faultAnswer(fault) ?? failed });
  }
  const { caller, answer } = await answerQuery(world, context);
  if (fault === 'cut after') context.env.incoming.socket.destroy();
  const lost = fault?.endsWith(' after') === true ? faultAnswer(fault) : undefined;
  return toResponse(world, { context, caller, answer: lost ?? answer });
}

const failed: Answer = { status: 502 };

async function answerQuery(
  world: ApiWorld,
  context: NodeContext,
): Promise<{ readonly caller: Caller; readonly answer: Answer }> {
  let caller: Caller = { kind: 'anonymous' };
  try {
    caller = authenticate(world.site, context.req.header('authorization'));
    const done = world.limiter.admit(caller, 'graphql');
    try {
      const request: GraphQLRequest = await context.req.json();
      return { caller, answer: await world.site.turn(() => run(world, caller, request)) };
    } finally {
      done();
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { caller, answer: refusalAnswer(error) };
  }
}

async function run(world: ApiWorld, caller: Caller, request: GraphQLRequest): Promise<Answer> {
  const name = mutations.find((one) => request.query.includes(`${one}(`));
  if (name === undefined) {
    const problems = ['the small GitHub does not know this query'];
    world.violations.push({ side: 'request', what: 'graphql', problems, body: request });
    return failure('NOT_IMPLEMENTED', 'the small GitHub does not know this query');
  }
  const mutation = { site: world.site, caller, request };
  if (name === 'updateRefs') return moveRefs(mutation);
  return changePull(mutation, name);
}

interface MutationCall {
  readonly site: Site;
  readonly caller: Caller;
  readonly request: GraphQLRequest;
}

async function changePull({ site, caller, request }: MutationCall, name: string): Promise<Answer> {
  const found = findPull(site, request);
  if (!found) return unresolved();
  const scene = sceneOf(site, caller, {
    ...{ repository: found.repository, needs: ['pull_requests:write', 'contents:write'] },
  });
  if (!scene) return failure('FORBIDDEN', 'Resource not accessible by integration');
  const { issue } = found;
  const { variables } = request;
  if (name in mergeMutations) return changeMerge(scene, issue, { name, variables });
  await setDraft(scene, issue, draftMutations[name as DraftMutation]);
  const { pull, number } = issue;
  const pullRequest = { id: nodeId('PR', pull.id), number, isDraft: pull.draft };
  return { status: 200, body: { data: { [name]: { clientMutationId: null, pullRequest } } } };
}

async function moveRefs({ site, caller, request }: MutationCall): Promise<Answer> {
  const { input } = (request.variables ?? {}) as { readonly input?: { repositoryId?: unknown } };
  const repository = [...site.repositories.values()].find(
    ({ id }) => nodeId('R', id) === input?.repositoryId,
  );
  if (!repository) return unresolved();
  const scene = sceneOf(site, caller, { repository, needs: ['contents:write'] });
  if (!scene) return failure('FORBIDDEN', 'Resource not accessible by integration');
  const path = ['updateRefs'];
  const errors = (await updateRefs(scene, input)).map((one) => ({ ...one, path }));
  const updated = errors.length > 0 ? null : { clientMutationId: null };
  return {
    status: 200,
    body: { data: { updateRefs: updated }, ...(errors.length > 0 && { errors }) },
  };
}

interface Wanted {
  readonly repository: Repository;
  readonly needs: readonly Need[];
}

/** The App in that repository; undefined where it may not. */
function sceneOf(site: Site, caller: Caller, { repository, needs }: Wanted): Scene | undefined {
  try {
    for (const need of needs) authorize(caller, need, repository);
  } catch {
    return undefined;
  }
  if (caller.kind !== 'installation') return undefined;
  const { app } = caller.installation;
  return { site, repository, actor: app.bot, app };
}

function unresolved(): Answer {
  return failure('NOT_FOUND', 'Could not resolve to a node with the global id');
}

function failure(type: string, message: string): Answer {
  return { status: 200, body: { data: null, errors: [{ type, message }] } };
}

/** The pull request whose id is among the variables, or written in the query itself. */
function findPull(
  site: Site,
  request: GraphQLRequest,
): { readonly repository: Repository; readonly issue: PullIssue } | undefined {
  const [text] = /PR_[\w-]+/.exec(JSON.stringify(request.variables) + request.query) ?? [];
  const node = text === undefined ? undefined : readNodeId(text);
  for (const repository of site.repositories.values()) {
    const issue = [...repository.issues.values()]
      .filter(isPull)
      .find(({ pull }) => node?.kind === 'PR' && String(pull.id) === node.id);
    if (issue) return { repository, issue };
  }
  return undefined;
}
