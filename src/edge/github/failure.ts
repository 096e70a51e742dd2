import { STATUS_CODES } from 'node:http';
import { RequestError } from '@octokit/request-error';
import { RetryLater, WorldError } from '../../core/model/failures.ts';

/** What GitHub says with a 422 now and then of what it takes a minute later. */
const passing = /was submitted too quickly|could not resolve to a node/i;

/** GitHub answered, and not as hoped. */
export class GitHubFailure extends WorldError {
  readonly status: number;
  constructor(message: string, remedy: string, status: number) {
    const refused = status === 403 || (status === 422 && !passing.test(message));
    super(message, remedy, { refused });
    this.name = 'GitHubFailure';
    this.status = status;
  }
}

/** What an error of octokit means to us. `now`: milliseconds since 1970. */
export function worded(error: unknown, now: number): unknown {
  if (!(error instanceof RequestError)) return error;
  const at = whenAgain(error, now);
  const what = `GitHub: ${error.request.method} ${pathOf(error.request.url)}`;
  if (at !== undefined) return new RetryLater(`${what}: rate limit`, at);
  const { status, response } = error;
  // Octokit has a status of its own, 500, for what has none.
  if (!response) {
    const why = firstLine(error.message);
    return new GitHubFailure(`${what}: no answer: ${why}`, unreachable, 0);
  }
  const why = wordsOf(response.data) ?? STATUS_CODES[status] ?? 'no words';
  return new GitHubFailure(`${what}: ${status} ${why}`, remedyFor(status), status);
}

const unreachable = 'see that GitHub can be reached from here';

/** As much of what GitHub says as a person has use for; a machine in between says nothing that helps. */
function wordsOf(data: unknown): string | undefined {
  const { message, errors } = (data ?? {}) as { message?: unknown; errors?: unknown };
  if (typeof message !== 'string') return undefined;
  const details = Array.isArray(errors) ? errors.map(detailOf) : [];
  const said = details.filter((detail) => detail !== '').join(', ');
  return firstLine(said === '' ? message : `${firstLine(message)}: ${said}`);
}

function detailOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const { message, field, code } = error as Readonly<Record<string, unknown>>;
  const parts = typeof message === 'string' ? [message] : [field, code];
  return parts.filter((part) => typeof part === 'string').join(' ');
}

/** What octokit throws for an answer of GraphQL that has errors in it. */
interface GraphqlError extends Error {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly errors?: readonly { readonly type?: string; readonly message: string }[];
}

/** GraphQL says within an answer what went wrong: octokit finds it where no hook looks any more. */
export function wordedGraphql(error: unknown, now: number): unknown {
  if (!isGraphqlError(error)) return error;
  const [first] = error.errors ?? [];
  const message = first?.message ?? error.message;
  const isLimit = first?.type === 'RATE_LIMITED' || secondary.test(message);
  if (isLimit) {
    const at = toldWhen(error.headers, now) ?? now + minute;
    return new RetryLater('GitHub: GraphQL: rate limit', at);
  }
  const what = firstLine(message);
  return new GitHubFailure(`GitHub: GraphQL: ${what}`, remedyFor(422), 422);
}

/** What GraphQL says first of what went wrong; `undefined` for errors of another kind. */
export function graphqlProblem(
  error: unknown,
): { readonly type?: string; readonly message: string } | undefined {
  return isGraphqlError(error) ? error.errors?.[0] : undefined;
}

function isGraphqlError(error: unknown): error is GraphqlError {
  return error instanceof Error && error.name === 'GraphqlResponseError';
}

export function hasStatus(error: unknown, ...statuses: readonly number[]): boolean {
  return error instanceof GitHubFailure && statuses.includes(error.status);
}

const minute = 60_000;

/** In the words of github.com, and in those of older servers. */
const secondary = /secondary rate limit|abuse detection/i;

/** GitHub says when, or that the hour's requests are used up; a secondary limit without either is a minute. */
function whenAgain({ status, response, message }: RequestError, now: number): number | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const told = toldWhen(response?.headers ?? {}, now);
  return told ?? (status === 429 || secondary.test(message) ? now + minute : undefined);
}

function toldWhen(headers: Readonly<Record<string, unknown>>, now: number): number | undefined {
  const seconds = Number(headers['retry-after']);
  if (Number.isFinite(seconds) && seconds > 0) return now + seconds * 1000;
  const reset = Number(headers['x-ratelimit-reset']);
  const isUsedUp = headers['x-ratelimit-remaining'] === '0' && reset > 0;
  return isUsedUp ? Math.max(reset * 1000, now + 1000) : undefined;
}

/** Without host and query: neither helps, and a query may hold what nobody should read. */
function pathOf(url: string): string {
  return url.replace(/^https?:\/\/[^/]*/, '').replace(/\?.*$/, '');
}

function firstLine(message: string): string {
  const [line = ''] = message.trim().split(/[\r\n]/, 1);
  return line.slice(0, 300).replace(/\.$/, '');
}

const remedies: Readonly<Record<number, string>> = {
  401: 'see that the App is still installed, that its id and private key belong together, and that the clock is right',
  403: 'see that the installation grants what app.yml asks for, and that the repository is not archived',
  404: 'see that the App is installed on the repository and may see it',
  409: 'wait: somebody else was writing at the same moment',
  422: 'see the rules of the branch and of the repository',
};

function remedyFor(status: number): string {
  return remedies[status] ?? 'try again later';
}

/** What GitHub has of something; `undefined` where it has it no more. */
export async function orGone<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (hasStatus(error, 404, 410)) return undefined;
    throw error;
  }
}
