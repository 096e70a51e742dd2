import { setTimeout as sleep } from 'node:timers/promises';
import { createAppAuth } from '@octokit/auth-app';
import { RequestError } from '@octokit/request-error';
import type { Octokit } from '@octokit/rest';
import { GitHubFailure } from './failure.ts';

/** What a token opens; nothing else, though the installation may. */
export interface TokenScope {
  readonly installation: number;
  /** Name without owner. Default: every repository of the installation. */
  readonly repository?: string;
  readonly permissions: Readonly<Record<string, string>>;
}

interface AppAccess {
  readonly appId: number;
  readonly privateKey: string;
  /** Asks GitHub as the App. */
  readonly asApp: Octokit;
}

/** As much of octokit as a strategy sees of it. */
interface Request {
  (sent: object): Promise<unknown>;
  readonly endpoint: { merge(...asked: readonly unknown[]): { readonly headers: object } };
}

/**
 * How octokit gets the token of one job. Its own strategy takes a scope where a token is asked for by
 * hand, and none for its requests: those would carry a token for all that the installation has.
 */
export function tokenAuth({ appId, privateKey, asApp }: AppAccess, scope: TokenScope) {
  const app = createAppAuth({ appId, privateKey, request: asApp.request });
  async function token() {
    const { installation: installationId, repository, permissions } = scope;
    const repositories = repository === undefined ? {} : { repositoryNames: [repository] };
    try {
      return await app({ type: 'installation', installationId, permissions, ...repositories });
    } catch (error) {
      throw refusedToken(error, scope);
    }
  }
  async function hook(request: Request, ...asked: readonly unknown[]) {
    const sent = request.endpoint.merge(...asked);
    const { token: secret, createdAt } = await token();
    const headers = { ...sent.headers, authorization: `token ${secret}` };
    return sendFresh(() => request({ ...sent, headers }), Date.parse(createdAt));
  }
  return { authStrategy: () => Object.assign(token, { hook }), auth: {} };
}

/** A removed or renamed repository is as absent as a removed installation, whatever the status. */
function refusedToken(error: unknown, { installation, repository }: TokenScope): unknown {
  if (!(error instanceof GitHubFailure && [404, 422].includes(error.status))) return error;
  if (/permissions requested/.test(error.message)) {
    return new GitHubFailure(
      `the installation ${installation} does not grant what the App asks for`,
      "have its owner accept the App's new permissions",
      403,
    );
  }
  const what = repository === undefined ? '' : ` on the repository ${repository}`;
  const message = `the App is not installed${what} any more (installation ${installation})`;
  return new GitHubFailure(message, 'install it again if it is missed', 404);
}

/** GitHub's machines hear of a new token one after another; until then some refuse it. */
const freshMs = 5000;

async function sendFresh<T>(send: () => Promise<T>, createdAt: number, tried = 1): Promise<T> {
  try {
    return await send();
  } catch (error) {
    const isUnauthorized = error instanceof RequestError && error.status === 401;
    if (!isUnauthorized || Date.now() - createdAt > freshMs || tried > 2) throw error;
    await sleep(tried * 500);
    return sendFresh(send, createdAt, tried + 1);
  }
}
