import type { IncomingHttpHeaders } from 'node:http';

/** Why a server gave no list of refs. The message is a predicate that follows its URL: `refused the connection`. */
export class HttpFailure extends Error {
  /** `true` where asking again in a moment may help. */
  readonly passing: boolean;
  /** How long the server wants to be left alone. */
  readonly waitMs: number | undefined;
  /** `true` where the host itself did not answer, so that its other repositories will not either. */
  readonly hostIsDown: boolean;
  /** `true` where the server says that there is no such repository. */
  readonly absent: boolean;

  constructor(message: string, facts: HttpFailureFacts) {
    super(message);
    this.name = 'HttpFailure';
    this.absent = facts.absent ?? false;
    this.passing = facts.passing;
    this.waitMs = facts.waitMs;
    this.hostIsDown = facts.hostIsDown;
  }
}

interface HttpFailureFacts {
  readonly passing: boolean;
  readonly hostIsDown: boolean;
  readonly waitMs?: number;
  readonly absent?: boolean;
}

/** What servers say to those who ask for a repository that is not there (GitHub: 401). 403 is also for the banned. */
const absentStatuses = new Set([401, 404, 410]);

/** A server that answers, but not as git does: asking again gives the same. */
export function answerFailure(message: string): HttpFailure {
  return new HttpFailure(message, { passing: false, hostIsDown: false });
}

/** A status other than 200, after redirects. */
export function statusFailure(status: number, headers: IncomingHttpHeaders): HttpFailure {
  const passing = status === 429 || status >= 500;
  const waitMs = passing ? readRetryAfter(headers['retry-after']) : undefined;
  const wait = waitMs === undefined ? '' : `, asking to wait ${Math.ceil(waitMs / 1000)} s`;
  return new HttpFailure(`answered ${statusWords(status)}${wait}`, {
    passing,
    hostIsDown: false,
    absent: absentStatuses.has(status),
    ...(waitMs === undefined ? {} : { waitMs }),
  });
}

function statusWords(status: number): string {
  switch (status) {
    case 404:
    case 410:
      return `${status}: there is no such repository`;
    case 401:
      return '401: there is no such repository, or it is not public';
    case 403:
      return '403: it may not be read from here, or too many have asked';
    case 429:
      return '429: too many requests';
    default:
      return `HTTP ${status}`;
  }
}

/** Seconds or a date, as RFC 9110 has it. */
function readRetryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

const networkWords = new Map([
  ['ECONNREFUSED', 'refused the connection'],
  ['ENOTFOUND', 'has a host name that does not resolve'],
  ['EAI_AGAIN', 'has a host name that could not be resolved just now'],
  ['ECONNRESET', 'closed the connection before the end of the answer'],
  ['EPIPE', 'closed the connection before the end of the answer'],
  ['ETIMEDOUT', 'gave no answer in time'],
  ['EPROTO', 'does not speak TLS as it should'],
  ['EHOSTUNREACH', 'cannot be reached from here'],
  ['ENETUNREACH', 'cannot be reached from here'],
]);
const passingCodes = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN']);
const downCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** What node:http threw, in words. `signal` is the deadline of the request. */
export function networkFailure(error: unknown, signal: AbortSignal): HttpFailure {
  if (error instanceof HttpFailure) return error;
  if (signal.aborted) {
    return new HttpFailure('gave no answer in time', { passing: true, hostIsDown: true });
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const words = networkWords.get(code) ?? `failed: ${firstLine(error)}`;
  return new HttpFailure(words, {
    passing: passingCodes.has(code),
    hostIsDown: downCodes.has(code),
  });
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n', 1)[0] ?? '';
}
