import { answerFailure, HttpFailure, statusFailure } from './http-failure.ts';
import { exchange } from './http-client.ts';
import type { HttpAnswer, HttpClient } from './http-client.ts';
import type { ListedRefs } from './git-reader.ts';
import { readCapabilities, readRefs } from './ls-refs-answer.ts';
import { delimPacket, encodeLine, flushPacket } from './pkt-line.ts';
import { rememberV2Host } from './v2-hosts.ts';

export interface LsRefsRequest {
  /** `https://host/path`, with `user:token@` where the server wants a login. */
  readonly url: string;
  /** Such as `refs/tags/32.`; none means all branches and tags. */
  readonly prefixes: readonly string[];
  /** For the whole exchange, redirects included. */
  readonly timeoutMs: number;
}

interface Question {
  readonly base: URL;
  readonly prefixes: readonly string[];
  readonly signal: AbortSignal;
}

const maxRedirects = 3;
const advertisement = 'application/x-git-upload-pack-advertisement';
const result = 'application/x-git-upload-pack-result';
/** Hosts tell git from browsers by the first word. */
const commonHeaders = { 'user-agent': 'git/pinwheel', 'git-protocol': 'version=2' };

/**
 * Branches and tags of a repository by git's protocol v2: one request where the host is known to
 * speak it, else two. `not-v2` where the server only speaks an older one, which git itself knows.
 * Rejects with `HttpFailure`.
 */
export async function listRefsOverHttp(
  request: LsRefsRequest,
  client: HttpClient,
): Promise<ListedRefs | 'not-v2'> {
  const prefixes = request.prefixes.length > 0 ? request.prefixes : ['refs/heads/', 'refs/tags/'];
  const signal = AbortSignal.timeout(Math.ceil(request.timeoutMs));
  const question = { base: baseOf(new URL(request.url)), prefixes, signal };
  if (client.speaksV2.has(question.base.origin)) {
    const answer = await askDirectly(question, client);
    if (answer) return answer;
  }
  return discoverAndAsk(question, client);
}

/**
 * Asks a host that is known to speak v2. `undefined` where it has to be looked at from the start:
 * the repository has moved, or the host has changed and does not understand the question.
 */
async function askDirectly(
  question: Question,
  client: HttpClient,
): Promise<ListedRefs | undefined> {
  const answer = await post(question, client);
  if (isFinal(answer)) throw statusFailure(answer.status, answer.headers);
  if (!isGitAnswer(answer, result)) return undefined;
  try {
    return readRefs(answer.body, question.prefixes);
  } catch (error) {
    if (error instanceof HttpFailure) return undefined;
    throw error;
  }
}

function isFinal({ status }: HttpAnswer): boolean {
  return [401, 403, 404, 410, 429].includes(status) || status >= 500;
}

async function discoverAndAsk(
  question: Question,
  client: HttpClient,
): Promise<ListedRefs | 'not-v2'> {
  const found = await discover(question, client);
  if (found === 'not-v2') {
    client.speaksV2.delete(question.base.origin);
    return 'not-v2';
  }
  const answer = await post({ ...question, base: found }, client);
  if (answer.status !== 200) throw statusFailure(answer.status, answer.headers);
  if (!isGitAnswer(answer, result)) throw notGit(answer);
  const refs = readRefs(answer.body, question.prefixes);
  if (!client.speaksV2.has(found.origin)) rememberV2Host(client.v2HostsFile, found.origin);
  client.speaksV2.add(found.origin);
  return refs;
}

/** The capability request, which alone may be redirected. Returns where the repository really is. */
async function discover(question: Question, client: HttpClient): Promise<URL | 'not-v2'> {
  let base = question.base;
  for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
    const url = below(base, '/info/refs');
    url.search = '?service=git-upload-pack';
    const { signal } = question;
    const answer = await exchange({ method: 'GET', url, headers: commonHeaders, signal }, client);
    if (answer.status >= 300 && answer.status < 400) {
      base = followRedirect(base, url, answer);
      continue;
    }
    return readDiscovery(base, answer);
  }
  throw answerFailure(`redirects more than ${maxRedirects} times`);
}

function readDiscovery(base: URL, answer: HttpAnswer): URL | 'not-v2' {
  if (answer.status !== 200) throw statusFailure(answer.status, answer.headers);
  if (isGitAnswer(answer, advertisement)) {
    return readCapabilities(answer.body) === 'v2' ? base : 'not-v2';
  }
  // A static file server hands out `info/refs` as it lies there, under any type.
  if (/^[0-9a-f]{40}\t/.test(answer.body.toString('latin1', 0, 41))) return 'not-v2';
  throw notGit(answer);
}

/** Follows within the same protocol only, and takes credentials to no other host. */
function followRedirect(base: URL, asked: URL, answer: HttpAnswer): URL {
  const { location } = answer.headers;
  const target = location === undefined ? undefined : URL.parse(location, asked.href);
  if (!target) throw answerFailure(`answered ${answer.status} without a usable address`);
  if (target.protocol !== base.protocol) {
    throw answerFailure(
      `redirects from ${base.protocol} to ${target.protocol}, which is not followed`,
    );
  }
  const suffix = '/info/refs';
  if (!target.pathname.endsWith(suffix)) {
    throw answerFailure('redirects to a page that is not a git repository, perhaps a login');
  }
  const home = target.origin === base.origin;
  target.username = home ? base.username : '';
  target.password = home ? base.password : '';
  target.pathname = target.pathname.slice(0, -suffix.length);
  return baseOf(target);
}

function post({ base, prefixes, signal }: Question, client: HttpClient): Promise<HttpAnswer> {
  const lines = ['peel\n', ...prefixes.map((prefix) => `ref-prefix ${prefix}\n`)];
  const body = `${encodeLine('command=ls-refs\n')}${delimPacket}${lines.map(encodeLine).join('')}${flushPacket}`;
  const headers = {
    ...commonHeaders,
    'content-type': 'application/x-git-upload-pack-request',
    'content-length': String(Buffer.byteLength(body)),
    accept: result,
  };
  const url = below(base, '/git-upload-pack');
  return exchange({ method: 'POST', url, headers, body, signal }, client);
}

function isGitAnswer(answer: HttpAnswer, type: string): boolean {
  return answer.status === 200 && mediaType(answer) === type;
}

function mediaType(answer: HttpAnswer): string {
  return (answer.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function notGit(answer: HttpAnswer): Error {
  return answerFailure(`answered ${mediaType(answer) || 'without a content type'}, not git`);
}

function baseOf(url: URL): URL {
  const base = new URL(url);
  base.pathname = base.pathname.replace(/\/+$/, '');
  base.search = '';
  base.hash = '';
  return base;
}

function below(base: URL, path: string): URL {
  const url = new URL(base);
  url.pathname = `${base.pathname.replace(/\/$/, '')}${path}`;
  return url;
}
