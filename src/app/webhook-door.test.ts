import { createHmac, randomUUID } from 'node:crypto';
import { createConnection } from 'node:net';
import { Hono } from 'hono';
import { afterEach, describe, expect, it } from 'vitest';
import { WorldError } from '../core/model/failures.ts';
import type { Delivery } from '../edge/store/deliveries.ts';
import type { Store } from '../edge/store/store.ts';
import { createLog } from './log.ts';
import { createMetrics } from './metrics.ts';
import type { Metrics } from './metrics.ts';
import type { Listening } from './listen.ts';
import { serveApp } from './server.ts';
import { createWebhookDoor, webhookPath } from './webhook-door.ts';
import type { DoorOptions } from './webhook-door.ts';

const secret = 'a secret of the webhook';

interface Line {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

interface Opened {
  readonly url: string;
  readonly stored: readonly Delivery[];
  readonly lines: readonly Line[];
  readonly written: () => string;
  readonly metrics: Metrics;
}

const listening = new Set<Listening>();
afterEach(async () => {
  await Promise.all([...listening].map((one) => one.stop(0)));
  listening.clear();
});

type Accept = Store['acceptDelivery'];

/** The door on a real port; what it would store is kept in a list. */
async function open(
  options: { readonly accept?: Accept; readonly requestTimeout?: number } & Pick<
    DoorOptions,
    'bodies'
  > = {},
): Promise<Opened> {
  const stored: Delivery[] = [];
  const lines: Line[] = [];
  const to = { write: (line: string) => void lines.push(JSON.parse(line) as Line) };
  const metrics = createMetrics({ countJobs: () => Promise.resolve([]) });
  function keep(delivery: Delivery): Promise<'new'> {
    stored.push(delivery);
    return Promise.resolve('new');
  }
  const door = await createWebhookDoor({
    config: { appId: 12, webhookSecret: secret },
    store: { acceptDelivery: options.accept ?? keep },
    log: createLog({ level: 'info', secrets: [secret], to }),
    metrics,
    now: () => 1000,
    ...(options.bodies && { bodies: options.bodies }),
  });
  const pages = new Hono();
  const { requestTimeout } = options;
  const limits =
    requestTimeout === undefined
      ? {}
      : { requestTimeout, headersTimeout: requestTimeout, connectionsCheckingInterval: 20 };
  const server = await serveApp({ host: '127.0.0.1', port: 0 }, { door, pages, ...limits });
  listening.add(server);
  return {
    url: `${server.url}${webhookPath}`,
    stored,
    lines,
    written: () => JSON.stringify(lines),
    metrics,
  };
}

interface Sent {
  readonly body?: string | ReadableStream;
  readonly event?: string;
  readonly guid?: string;
  readonly signedWith?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const push = JSON.stringify({
  ref: 'refs/heads/main',
  installation: { id: 7 },
  repository: { name: 'images', full_name: 'acme/images', owner: { login: 'acme' } },
});

async function send(
  { url }: Opened,
  {
    body = push,
    event = 'push',
    guid = randomUUID(),
    signedWith = secret,
    headers = {},
  }: Sent = {},
): Promise<{ status: number; text: string }> {
  const signed = typeof body === 'string' ? body : '';
  const signature = createHmac('sha256', signedWith).update(signed).digest('hex');
  const response = await fetch(url, {
    method: 'POST',
    body,
    ...(typeof body === 'string' ? {} : { duplex: 'half' }),
    headers: {
      'content-type': 'application/json',
      'x-github-event': event,
      'x-github-delivery': guid,
      'x-hub-signature-256': `sha256=${signature}`,
      'x-github-hook-installation-target-type': 'integration',
      'x-github-hook-installation-target-id': '12',
      ...headers,
    },
  });
  return { status: response.status, text: await response.text() };
}

describe('a webhook', () => {
  it('is stored as it came, with what people look for, before the answer', async () => {
    const door = await open();
    const body = `${push.slice(0, -1)}, "note": "ünïcödé"}\n`;
    expect(await send(door, { guid: 'g-1', body })).toEqual({ status: 200, text: 'ok\n' });
    expect(door.stored).toEqual([
      {
        guid: 'g-1',
        event: 'push',
        installation: 7,
        repository: 'acme/images',
        body: Buffer.from(body),
        receivedAt: 1000,
      },
    ]);
    expect(door.lines).toMatchObject([
      { level: 'info', msg: 'webhook new', delivery: 'g-1', event: 'push', status: 200 },
    ]);
    expect(await door.metrics.text()).toContain(
      'pinwheel_webhook_seconds_count{event="push",result="new"} 1',
    );
  });

  it('that is known is answered as the first one was', async () => {
    const door = await open({ accept: () => Promise.resolve('known') });
    expect((await send(door)).status).toBe(200);
    expect(door.lines).toMatchObject([{ msg: 'webhook known' }]);
  });

  it.each<[string, Sent, string]>([
    ['of an unknown event', { event: 'sponsorship' }, 'event sponsorship is not for us'],
    ['that says hello', { event: 'ping', body: '{"zen":"x"}' }, 'event ping is not for us'],
    ['of another shape', { body: '{"ref":3}' }, 'push of another shape'],
    ['of a topic of the bot', { body: push.replace('main', 'pinwheel/main/x') }, "bot's own"],
    [
      'for another App',
      { headers: { 'x-github-hook-installation-target-id': '13' } },
      'meant for the App 13',
    ],
  ])('%s is answered, told in one line, and not stored', async (_, sent, why) => {
    const door = await open();
    expect((await send(door, sent)).status).toBe(200);
    expect(door.stored).toEqual([]);
    expect(door.lines).toMatchObject([
      { msg: 'webhook unwanted', why: expect.stringContaining(why) as string },
    ]);
  });

  it('that the store does not take is answered with a failure, which GitHub remembers', async () => {
    const door = await open({
      accept: () => Promise.reject(new WorldError('the store is gone from db:5432', 'wait')),
    });
    const { status, text } = await send(door);
    expect(status).toBe(503);
    expect(text).not.toContain('db:5432');
    expect(door.lines).toMatchObject([
      { level: 'error', msg: 'webhook failed', err: { message: 'the store is gone from db:5432' } },
    ]);
  });
});

describe('what is no webhook of GitHub', () => {
  it.each<[string, Sent, number]>([
    ['forged', { signedWith: 'guessed' }, 400],
    ['with a signature that is none', { headers: { 'x-hub-signature-256': 'sha256=1' } }, 400],
    ['truncated', { body: push.slice(0, -10) }, 400],
    ['not JSON', { body: 'hello' }, 400],
    ['null', { body: 'null' }, 400],
    ['a list', { body: '[]' }, 400],
    ['empty', { body: '' }, 400],
    ['a form', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415],
  ])('is refused in one line: %s', async (_, sent, expected) => {
    const door = await open();
    expect((await send(door, sent)).status).toBe(expected);
    expect(door.stored).toEqual([]);
    expect(door.lines).toMatchObject([{ level: 'warn', msg: 'webhook refused', status: expected }]);
    expect(door.written()).not.toMatch(/refs\/heads|guessed/);
  });

  it('is refused without a signature, however long it is, and nothing of it is kept', async () => {
    const door = await open();
    const body = 'x'.repeat(30_000_000);
    const response = await fetch(door.url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
    expect(response.status).toBe(400);
    expect(door.lines).toMatchObject([{ msg: 'webhook refused' }]);
  });

  it('is refused as a GET', async () => {
    const door = await open();
    expect((await fetch(door.url)).status).toBe(404);
  });
});

describe('a body that is too large', () => {
  it('is refused by what it announces', async () => {
    const door = await open();
    expect((await send(door, { body: `{"a":"${'x'.repeat(30_000_000)}"}` })).status).toBe(413);
    expect(door.stored).toEqual([]);
  });

  it('is refused while it comes, where it announces nothing', async () => {
    const door = await open({ bodies: { most: 100_000, mostTogether: 1_000_000 } });
    const chunk = new TextEncoder().encode(`{"a":"${'x'.repeat(10_000)}`);
    let left = 100;
    const body = new ReadableStream({
      pull: (controller) => {
        if (left-- > 0) controller.enqueue(chunk);
        else controller.close();
      },
    });
    expect((await send(door, { body })).status).toBe(413);
  });

  it('is refused together with others, and small ones get in again afterwards', async () => {
    const door = await open({ bodies: { most: 1_000_000, mostTogether: 100_000 } });
    const large = `{"a":"${'x'.repeat(200_000)}"}`;
    expect((await send(door, { body: large })).status).toBe(503);
    expect((await send(door)).status).toBe(200);
  });
});

describe('a sender', () => {
  it('that is too slow is told so and cut off', async () => {
    const door = await open({ requestTimeout: 100 });
    const { port, hostname } = new URL(door.url);
    const socket = createConnection(Number(port), hostname);
    const head = [
      `POST ${webhookPath} HTTP/1.1`,
      'host: x',
      'content-type: application/json',
      'content-length: 1000',
      'x-github-event: push',
      'x-github-delivery: g',
      'x-hub-signature-256: sha256=0',
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n{`);
    let heard = '';
    for await (const chunk of socket) heard += String(chunk);
    expect(heard).toMatch(/^HTTP\/1\.1 408/);
    expect(door.lines).toMatchObject([{ msg: 'webhook refused', why: 'the sender went away' }]);
  });
});
