import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { answerByBackend } from '../git-backend.ts';
import { followRef } from './acts/refs.ts';
import { authenticate, reaches } from './api/auth.ts';
import type { Caller } from './api/call.ts';
import type { ApiWorld } from './api/world.ts';
import { amountOf } from './faults.ts';
import { listRefs } from './git/refs.ts';
import type { RefMove } from './git/refs.ts';
import { fullNameOf } from './state/nouns.ts';
import type { Account, Repository } from './state/nouns.ts';
import { Refusal } from './state/refusal.ts';
import { mayAs } from './state/roles.ts';
import { findRepository } from './state/site.ts';
import type { Scene } from './state/site.ts';

interface GitRequest {
  readonly fullName: string;
  readonly rest: string;
  readonly service: 'git-upload-pack' | 'git-receive-pack';
}

/** What git asks of a repository's address; undefined for a request that is none of git's. */
export function readGitRequest(url: string): GitRequest | undefined {
  const found = /^\/([^/?]+\/[^/?]+?)(?:\.git)?\/((?:info\/refs|git-[a-z-]+)(?:\?.*)?)$/.exec(url);
  const [, fullName = '', rest = ''] = found ?? [];
  const service = /git-(upload|receive)-pack/.exec(rest)?.[0];
  if (service === undefined) return undefined;
  return { fullName, rest, service: service as GitRequest['service'] };
}

/** Serves git by smart HTTP with GitHub's rules of who may read and push. */
export async function answerGit(
  world: ApiWorld,
  asked: GitRequest,
  exchange: { readonly request: IncomingMessage; readonly response: ServerResponse },
): Promise<void> {
  const { request, response } = exchange;
  if (!(await survives(world, asked, exchange))) return;
  try {
    const caller = authenticate(world.site, request.headers.authorization);
    const repository = findRepository(world.site, asked.fullName);
    const isPush = asked.service === 'git-receive-pack';
    if (!repository || !mayRead(caller, repository)) throw refusalFor(caller);
    if (isPush && !mayPush(caller, repository)) throw refusalForPush(caller, repository);
    if (fullNameOf(repository).toLowerCase() !== asked.fullName.toLowerCase()) {
      const location = `/${fullNameOf(repository)}.git/${asked.rest}`;
      response.writeHead(301, { location }).end();
      return;
    }
    request.url = `/${repository.id}.git/${asked.rest}`;
    await serve(world, { ...exchange, repository, caller, isPush });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const challenge = error.status === 401 ? { 'www-authenticate': 'Basic realm="GitHub"' } : {};
    response.writeHead(error.status, challenge).end(`${error.message}\n`);
  }
}

async function survives(
  world: ApiWorld,
  { service }: GitRequest,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): Promise<boolean> {
  const fault = world.faults.requestFault(service);
  if (fault === undefined) return true;
  if (fault.startsWith('slow')) await pause(amountOf(fault));
  if (fault.startsWith('slow')) return true;
  if (fault.startsWith('cut')) request.socket.destroy();
  else response.writeHead(fault.startsWith('secondary') ? 429 : amountOf(fault)).end();
  return false;
}

/** GitHub asks who is there before it says that there is nothing. */
function refusalFor(caller: Caller): Refusal {
  return caller.kind === 'anonymous'
    ? new Refusal(401, 'Authentication required')
    : new Refusal(404, 'Repository not found.');
}

function refusalForPush(caller: Caller, { archived }: Repository): Refusal {
  if (caller.kind === 'anonymous') return new Refusal(401, 'Authentication required');
  const why = archived ? 'This repository was archived so it is read-only.' : 'Permission denied.';
  return new Refusal(403, why);
}

function mayRead(caller: Caller, repository: Repository): boolean {
  if (!repository.private) return true;
  if (caller.kind === 'user') return mayAs(repository, caller.account, 'read');
  return caller.kind === 'installation' && mayByToken(caller, repository, ['read', 'write']);
}

function mayPush(caller: Caller, repository: Repository): boolean {
  if (repository.archived) return false;
  if (caller.kind === 'user') return mayAs(repository, caller.account, 'write');
  return caller.kind === 'installation' && mayByToken(caller, repository, ['write']);
}

function mayByToken(
  caller: Extract<Caller, { kind: 'installation' }>,
  repository: Repository,
  levels: readonly string[],
): boolean {
  const level = caller.token.permissions['contents'] ?? '';
  return reaches(caller, repository) && levels.includes(level);
}

function actorOf(caller: Caller, repository: Repository): Account {
  if (caller.kind === 'user') return caller.account;
  return caller.kind === 'installation' ? caller.installation.app.bot : repository.owner;
}

interface Service {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly repository: Repository;
  readonly caller: Caller;
  readonly isPush: boolean;
}

async function serve({ site }: ApiWorld, service: Service): Promise<void> {
  const { request, response, repository, caller } = service;
  if (!service.isPush || request.method !== 'POST') {
    answerByBackend({ root: site.dir, request, response });
    return;
  }
  const actor = actorOf(caller, repository);
  const scene: Scene = { site, repository, actor };
  const bypass = caller.kind === 'user' && mayAs(repository, actor, 'admin');
  const before = await listRefs(repository.dir, 'refs/');
  answerByBackend({
    ...{ root: site.dir, request, response },
    environment: { REMOTE_USER: actor.login, ...(bypass && { SANDBOX_BYPASS: '1' }) },
    beforeEnd: () => site.turn(() => followAll(scene, before)),
  });
}

/** All refs that a push has moved, in the order of their names. */
async function followAll(scene: Scene, before: ReadonlyMap<string, string>): Promise<void> {
  const after = await listRefs(scene.repository.dir, 'refs/');
  const moves: RefMove[] = [...new Set([...before.keys(), ...after.keys()])]
    .map((ref) => ({ ref, before: before.get(ref), after: after.get(ref) }))
    .filter((move) => move.before !== move.after)
    .filter(({ ref }) => /^refs\/(heads|tags)\//.test(ref));
  for (const move of moves) await followRef(scene, move);
}
