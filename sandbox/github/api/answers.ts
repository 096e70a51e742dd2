import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Operation } from '../contract/operations.ts';
import { amountOf } from '../faults.ts';
import type { RequestFault } from '../faults.ts';
import type { Refusal } from '../state/refusal.ts';
import type { Answer, Caller } from './call.ts';
import { LimitRefusal, secondaryMessage } from './limits.ts';
import { linkHeader, pageUrlHeader } from './pages.ts';
import type { ApiWorld, NodeContext } from './world.ts';

const documentation = 'https://docs.github.com/rest';

/** What was refused, as JSON in GitHub's form. */
export function refusalAnswer(refusal: Refusal): Answer {
  const { status, message, errors } = refusal;
  const retryAfter = refusal instanceof LimitRefusal ? refusal.retryAfter : undefined;
  return {
    status,
    body: {
      message,
      ...(errors && { errors }),
      documentation_url: documentation,
      status: String(status),
    },
    ...(retryAfter !== undefined && { headers: { 'retry-after': String(retryAfter) } }),
  };
}

/** The fault's answer in place of the true one; undefined for faults that leave it alone. */
export function faultAnswer(fault: RequestFault): Answer | undefined {
  if (fault.startsWith('secondary')) {
    return refusalAnswer(new LimitRefusal(secondaryMessage, amountOf(fault)));
  }
  if (fault.startsWith('slow') || fault.startsWith('cut')) return undefined;
  return { status: amountOf(fault), body: { message: 'Server Error' } };
}

/** Lets happen what comes before the work. True when that was all. */
export async function sufferBefore(fault: RequestFault, context: NodeContext): Promise<boolean> {
  if (fault.startsWith('slow')) await pause(amountOf(fault));
  if (fault === 'cut before') context.env.incoming.socket.destroy();
  return fault.endsWith(' before') || fault.startsWith('secondary');
}

/**
 * The JSON of an answer with its validator. As on GitHub, that of one token is not that of another:
 * a client with a fresh token never gets a 304 for what an older one was told.
 */
export function toResponse(
  world: ApiWorld,
  exchange: { readonly context: NodeContext; readonly caller: Caller; readonly answer: Answer },
): Response {
  const { context, caller, answer } = exchange;
  const { body, mediaType = 'application/json; charset=utf-8' } = answer;
  const isBytes = typeof body === 'string' || body instanceof Uint8Array;
  const text = body === undefined ? null : isBytes ? body : JSON.stringify(body);
  const headers = new Headers({
    'x-github-media-type': 'github.v3; format=json',
    'x-github-request-id': world.site.chance.hex(16).toUpperCase(),
    date: new Date(world.site.clock.now()).toUTCString(),
  });
  if (text !== null) headers.set('content-type', mediaType);
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    if (name !== pageUrlHeader) headers.set(name, value);
    else headers.set('link', linkHeader(value, new URL(context.req.url)));
  }
  const unchanged = isUnchanged(context, headers, { status: answer.status, text });
  if (!unchanged) world.limiter.charge(caller);
  setBudget(world, caller, headers);
  return unchanged
    ? new Response(null, { status: 304, headers })
    : new Response(text as string | null, { status: answer.status, headers });
}

function isUnchanged(
  context: NodeContext,
  headers: Headers,
  { status, text }: { readonly status: number; readonly text: string | Uint8Array | null },
): boolean {
  if (context.req.method !== 'GET' || status !== 200 || text === null) return false;
  const hash = createHash('sha256').update(context.req.header('authorization') ?? '');
  const etag = `W/"${hash.update(text).digest('hex')}"`;
  headers.set('etag', etag);
  headers.set('vary', 'Accept, Authorization, Cookie');
  headers.set('cache-control', 'private, max-age=60, s-maxage=60');
  return context.req.header('if-none-match') === etag;
}

function setBudget({ limiter }: ApiWorld, caller: Caller, headers: Headers): void {
  const { limit, remaining, used, reset } = limiter.budget(caller);
  headers.set('x-ratelimit-limit', String(limit));
  headers.set('x-ratelimit-remaining', String(remaining));
  headers.set('x-ratelimit-used', String(used));
  headers.set('x-ratelimit-reset', String(reset));
  headers.set('x-ratelimit-resource', 'core');
}

/** Judges an answer of our own; a bad one is our defect, and answered as such. */
export function judgeAnswer(world: ApiWorld, operation: Operation, answer: Answer): Answer {
  const [mediaType] = (answer.mediaType ?? 'application/json').split(';');
  const parts = { status: answer.status, body: answer.body, mediaType: mediaType ?? '' };
  const problems = world.contract.answer(operation, parts);
  if (problems.length === 0) return answer;
  world.violations.push({ side: 'answer', what: operation, problems, body: answer.body });
  return { status: 500, body: { message: `sandbox: ${problems.join('; ')}` } };
}
