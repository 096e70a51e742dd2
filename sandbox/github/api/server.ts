import { refuseArchived } from '../acts/repositories.ts';
import { fullNameOf } from '../state/nouns.ts';
import type { Repository } from '../state/nouns.ts';
import { notFound, Refusal } from '../state/refusal.ts';
import { findRepository } from '../state/site.ts';
import type { Scene, Site } from '../state/site.ts';
import { faultAnswer, judgeAnswer, refusalAnswer, sufferBefore, toResponse } from './answers.ts';
import { authenticate, authorize } from './auth.ts';
import type { Answer, Call, Caller, RepositoryCall, Route } from './call.ts';
import { matchOperation } from './router.ts';
import type { Match } from './router.ts';
import type { ApiWorld, NodeContext } from './world.ts';

interface Exchange extends Match {
  readonly world: ApiWorld;
  readonly context: NodeContext;
}

/** Answers a request below the API's address; `path` without it. */
export async function answerApi(
  world: ApiWorld,
  context: NodeContext,
  path: string,
): Promise<Response> {
  const match = matchOperation(context.req.method, path);
  if (!match) return answerUnknown(world, context, path);
  const exchange = { world, context, ...match };
  const fault = world.faults.requestFault(match.operation);
  if (fault !== undefined && (await sufferBefore(fault, context))) {
    return respond(exchange, { kind: 'anonymous' }, faultAnswer(fault) ?? { status: 502 });
  }
  const { caller, answer } = await answerCall(exchange);
  if (fault === 'cut after') context.env.incoming.socket.destroy();
  const lost = fault?.endsWith(' after') === true ? faultAnswer(fault) : undefined;
  return respond(exchange, caller, lost ?? judgeAnswer(world, match.operation, answer));
}

function respond({ world, context }: Exchange, caller: Caller, answer: Answer): Response {
  return toResponse(world, { context, caller, answer });
}

function answerUnknown(world: ApiWorld, context: NodeContext, path: string): Response {
  const what = `${context.req.method} ${path}`;
  const problems = ['the small GitHub has no such endpoint'];
  world.violations.push({ side: 'request', what, problems, body: undefined });
  const answer = refusalAnswer(notFound());
  return toResponse(world, { context, caller: { kind: 'anonymous' }, answer });
}

async function answerCall(
  exchange: Exchange,
): Promise<{ readonly caller: Caller; readonly answer: Answer }> {
  const { world, context, operation } = exchange;
  let caller: Caller = { kind: 'anonymous' };
  try {
    caller = authenticate(world.site, context.req.header('authorization'));
    const done = world.limiter.admit(caller, operation);
    try {
      return { caller, answer: await answerAs(exchange, caller) };
    } finally {
      done();
    }
  } catch (error) {
    return { caller, answer: failureAnswer(exchange, error) };
  }
}

function failureAnswer({ world, operation }: Exchange, error: unknown): Answer {
  if (error instanceof Refusal) return refusalAnswer(error);
  const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
  world.violations.push({ side: 'answer', what: operation, problems: [problem], body: undefined });
  return { status: 500, body: { message: `sandbox: ${problem}` } };
}

/** Of the API; a client that names none gets the oldest. */
const versions = ['2022-11-28', '2026-03-10'];

async function answerAs(exchange: Exchange, caller: Caller): Promise<Answer> {
  const { world, context, operation, params } = exchange;
  const version = context.req.header('x-github-api-version');
  if (version !== undefined && !versions.includes(version)) {
    throw new Refusal(400, `Unsupported 'X-GitHub-Api-Version' header: ${version}`);
  }
  const query = Object.fromEntries(new URL(context.req.url).searchParams);
  const body = await readBody(context);
  const problems = world.contract.request(operation, { params, query, body });
  if (problems.length > 0) {
    world.violations.push({ side: 'request', what: operation, problems, body });
    throw new Refusal(422, `Invalid request.\n\n${problems.join('\n')}`);
  }
  const accept = context.req.header('accept') ?? '';
  const call = { site: world.site, caller, params, query, body, accept };
  // Reads may overtake one another; what changes state never does.
  if (context.req.method === 'GET') return runRoute(exchange, call);
  return world.site.turn(() => runRoute(exchange, call));
}

async function readBody(context: NodeContext): Promise<unknown> {
  if (context.req.method === 'GET') return undefined;
  const text = await context.req.text();
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Refusal(400, 'Problems parsing JSON');
  }
}

async function runRoute(exchange: Exchange, call: Call): Promise<Answer> {
  const { world, operation } = exchange;
  const route = world.routes[operation];
  if (!route) throw new Error(`no route for ${operation}`);
  if (!operation.includes('/repos/{owner}/{repo}')) {
    authorize(call.caller, route.needs, undefined);
    return route.answer(call as RepositoryCall);
  }
  return runRepositoryRoute(exchange, route, call);
}

async function runRepositoryRoute(
  { context, operation }: Exchange,
  route: Route<RepositoryCall>,
  call: Call,
): Promise<Answer> {
  const { owner = '', repo = '' } = call.params;
  const repository = findRepository(call.site, `${owner}/${repo}`);
  if (!repository) throw notFound();
  authorize(call.caller, route.needs, repository);
  const wanted = `${owner}/${repo}`.toLowerCase();
  if (fullNameOf(repository).toLowerCase() !== wanted)
    return movedAnswer(repository, call, context);
  if (!operation.startsWith('GET ')) refuseArchived(repository);
  const scene = sceneOf(call.site, call.caller, repository);
  return route.answer({ ...call, repository, scene });
}

/** To the address by number, which a repository keeps for good. */
function movedAnswer({ id }: Repository, { site }: Call, context: NodeContext): Answer {
  const { pathname, search } = new URL(context.req.url);
  const [, rest = ''] = /\/repos\/[^/]+\/[^/]+(.*)$/.exec(pathname) ?? [];
  const url = `${site.urls.api}/repositories/${id}${rest}${search}`;
  const isRead = context.req.method === 'GET';
  return {
    status: isRead ? 301 : 307,
    headers: { location: url },
    body: {
      message: isRead ? 'Moved Permanently' : 'Temporary Redirect',
      url,
      documentation_url: 'https://docs.github.com/rest',
    },
  };
}

function sceneOf(site: Site, caller: Caller, repository: Repository): Scene {
  if (caller.kind === 'installation') {
    const { app } = caller.installation;
    return { site, repository, actor: app.bot, app };
  }
  // Who is not known may only read, and reading asks for nobody.
  return { site, repository, actor: caller.kind === 'user' ? caller.account : repository.owner };
}
