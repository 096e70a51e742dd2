import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pino } from 'pino';
import { Probot } from 'probot';
import { UserError } from '../core/model/failures.ts';
import { readWebhook } from '../core/formats/webhook.ts';
import type { Delivery } from '../edge/store/deliveries.ts';
import type { Store } from '../edge/store/store.ts';
import { createBodyReader, usualBodyLimits } from './body.ts';
import type { Body, BodyLimits } from './body.ts';
import type { AppConfig } from './config.ts';
import type { Log } from './log.ts';
import type { Metrics, WebhookResult } from './metrics.ts';
import { describeDelivery } from './webhook-facts.ts';

/** Where GitHub sends webhooks to; `app.yml` and `pinwheel setup` name it too. */
export const webhookPath = '/api/github/webhooks';

export interface DoorOptions {
  readonly config: Pick<AppConfig, 'appId' | 'webhookSecret'>;
  readonly store: Pick<Store, 'acceptDelivery'>;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'webhook'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly bodies?: BodyLimits;
}

/** Answers a request to `webhookPath`, and never rejects. */
export type WebhookDoor = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** What became of a webhook. */
interface Taken {
  readonly result: WebhookResult;
  readonly why?: string;
  readonly error?: unknown;
}

/** One request on its way through Probot, whose handlers are not given the bytes. */
interface Arrival {
  readonly bytes: Buffer;
  readonly target: Target;
  taken?: Taken;
}

/** What a webhook was made for, as its headers say. */
interface Target {
  readonly type: string | undefined;
  readonly id: string | undefined;
}

/**
 * The door for webhooks: reads a body within limits, lets Probot verify it, and has it on disk before
 * the answer. Nothing is worked on here.
 */
export async function createWebhookDoor(options: DoorOptions): Promise<WebhookDoor> {
  const arrivals = new AsyncLocalStorage<Arrival>();
  const middleware = await probotMiddleware(options, arrivals);
  const readBody = createBodyReader(options.bodies ?? usualBodyLimits);
  return async (request, response) => {
    const begin = performance.now();
    let taken: Taken;
    try {
      const body = isPlausible(request) ? await readBody(request) : noBody;
      if (body.kind === 'whole' && isObject(body.bytes)) {
        const arrival: Arrival = { bytes: body.bytes, target: targetOf(request) };
        // Probot takes a body that was read for it; it would read without a limit.
        Object.assign(request, { body: {}, rawBody: body.bytes });
        await arrivals.run(arrival, () => middleware(request, response));
        taken = arrival.taken ?? refusedByProbot(response);
      } else taken = refuseBody(response, body);
    } catch (error) {
      taken = { result: 'failed', error };
      if (!response.headersSent) answer(response, 500, 'a fault of Pinwheel: its log says more');
    }
    report(options, { request, response, begin, taken });
  };
}

type Middleware = (request: IncomingMessage, response: ServerResponse) => Promise<unknown>;

async function probotMiddleware(
  options: DoorOptions,
  arrivals: AsyncLocalStorage<Arrival>,
): Promise<Middleware> {
  const { webhookSecret: secret } = options.config;
  // What Probot logs of a failure has the whole payload in it; we log each request ourselves.
  const log = pino({ level: 'silent' });
  // With a token in place of a key it makes no client for each webhook. Neither is used here.
  const probot = new Probot({ githubToken: 'none', secret, log });
  probot.onAny(async ({ id, name, payload }) => {
    const arrival = arrivals.getStore();
    if (!arrival) throw new Error('a webhook came by another way than the door');
    arrival.taken = await take(options, { ...arrival, id, name, payload });
    const { error } = arrival.taken;
    // GitHub marks it as failed, and the next recovery asks for it again.
    if (error !== undefined) throw refusedByStore(error);
  });
  return probot.getNodeMiddleware({ path: webhookPath, log });
}

interface Verified extends Arrival {
  readonly id: string;
  readonly name: string;
  readonly payload: unknown;
}

async function take(options: DoorOptions, arrived: Verified): Promise<Taken> {
  const { bytes: body, target, id: guid, name: event, payload } = arrived;
  if (target.type === 'integration' && target.id !== String(options.config.appId)) {
    return { result: 'unwanted', why: `it is meant for the App ${String(target.id)}` };
  }
  const read = readWebhook(event, payload);
  if (read.kind === 'unwanted') return { result: 'unwanted', why: read.why };
  const facts = describeDelivery(payload);
  const delivery: Delivery = { guid, event, ...facts, body, receivedAt: options.now() };
  try {
    return { result: await options.store.acceptDelivery(delivery) };
  } catch (error) {
    return { result: error instanceof UserError ? 'refused' : 'failed', error };
  }
}

/** Words for the other side: what the store says is for our log alone. */
function refusedByStore(error: unknown): Error {
  return error instanceof UserError
    ? Object.assign(new Error(error.message), { status: 400 })
    : Object.assign(new Error('the webhook cannot be stored at the moment'), { status: 503 });
}

const noBytes = Buffer.alloc(0);
const noBody: Body = { kind: 'whole', bytes: noBytes };

/** Without these headers Probot refuses it, whatever the body: nobody has to read that. */
function isPlausible({ headers, method }: IncomingMessage): boolean {
  const needed = ['x-github-event', 'x-github-delivery', 'x-hub-signature-256'];
  const type = headers['content-type'] ?? '';
  return (
    method === 'POST' &&
    needed.every((name) => headers[name] !== undefined) &&
    // Probot looks it up in an object, where `__proto__` is something else.
    /^[a-z][a-z_]{0,99}$/.test(String(headers['x-github-event'])) &&
    /^\s*application\/json\s*(?:;|$)/.test(type)
  );
}

function refuseBody(response: ServerResponse, body: Body): Taken {
  switch (body.kind) {
    case 'too-large':
      answer(response, 413, 'the body is larger than any webhook of GitHub');
      return { result: 'refused', why: 'too large' };
    case 'too-busy':
      response.setHeader('retry-after', '10');
      answer(response, 503, 'too much is being received at the moment');
      return { result: 'failed', why: 'too much is being received' };
    case 'cut-off':
      response.destroy();
      return { result: 'refused', why: 'the sender went away' };
    case 'whole':
      answer(response, 400, 'the body is no JSON object');
      return { result: 'refused', why: 'no JSON object' };
  }
}

/** Probot answers 500 to JSON that is no object, as if that could be mended by another attempt. */
function isObject(bytes: Buffer): boolean {
  return bytes === noBytes || bytes.toString('latin1', 0, 64).trimStart().startsWith('{');
}

/** Why it did not get to our handler. */
function refusedByProbot({ statusCode: status }: ServerResponse): Taken {
  if (status < 400) return { result: 'failed', why: 'not stored when the answer was due' };
  if (status >= 500) return { result: 'failed', why: 'Probot failed' };
  const why = { 404: 'no POST', 415: 'no JSON' }[status];
  return { result: 'refused', why: why ?? 'a header is missing, or signature or JSON are wrong' };
}

function answer(response: ServerResponse, status: number, error: string): void {
  const text = `${JSON.stringify({ error })}\n`;
  response.writeHead(status, { 'content-type': 'application/json' }).end(text);
}

function targetOf(request: IncomingMessage): Target {
  return {
    type: header(request, 'x-github-hook-installation-target-type'),
    id: header(request, 'x-github-hook-installation-target-id'),
  };
}

/** Shortened: it goes into logs before anybody has proved who they are. */
function header({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value.slice(0, 100) : undefined;
}

interface Answered {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly begin: number;
  readonly taken: Taken;
}

/** One line and one number for every request. */
function report(
  { log, metrics }: DoorOptions,
  { request, response, begin, taken }: Answered,
): void {
  const seconds = (performance.now() - begin) / 1000;
  const event = header(request, 'x-github-event') ?? '';
  const { result, why, error } = taken;
  metrics.webhook({ event, result, seconds });
  const line = {
    delivery: header(request, 'x-github-delivery'),
    event,
    status: response.statusCode,
    result,
    ...(why !== undefined && { why }),
    ...(error !== undefined && { err: error }),
    ms: Math.round(seconds * 1000),
  };
  if (result === 'failed') log.error(line, 'webhook failed');
  else if (result === 'refused') log.warn(line, 'webhook refused');
  else log.info(line, `webhook ${result}`);
}
