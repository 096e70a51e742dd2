import { createHmac, randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { webhookPath } from '../../src/app/webhook-door.ts';
import { writesAt } from '../support/github-writes.ts';
import { placeWithApp, startIdleApp, untilIdle } from '../support/running-app.ts';
import type { WatchedApp } from '../support/running-app.ts';
import { useStore } from '../support/store.ts';

const used = useStore();
const secret = 'secret of the webhook';

interface Sent {
  readonly body?: string;
  readonly event?: string;
  readonly guid?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function signed(body: string, algorithm = 'sha256'): string {
  return `${algorithm}=${createHmac(algorithm, secret).update(body).digest('hex')}`;
}

async function send({ url }: WatchedApp, sent: Sent): Promise<number> {
  const { body = '{}', event = 'push', guid = randomUUID(), headers = {} } = sent;
  const response = await fetch(`${url}${webhookPath}`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': event,
      'x-github-delivery': guid,
      'x-hub-signature-256': signed(body),
      ...headers,
    },
  });
  return response.status;
}

function pushOf(installation: number, name = 'images'): string {
  return JSON.stringify({
    ref: 'refs/heads/main',
    installation: { id: installation },
    repository: { name, full_name: `acme/${name}`, owner: { login: 'acme' } },
  });
}

async function storedDeliveries(): Promise<number> {
  const [row] = await used.sql<{ n: number }>('select count(*)::int as n from pinwheel.deliveries');
  return row?.n ?? Number.NaN;
}

describe('a webhook that is none', () => {
  it('is answered, is one line of the log, and reaches neither store nor jobs', async () => {
    const here = await placeWithApp();
    const app = await startIdleApp({ ...here, databaseUrl: used.url });
    await untilIdle(app);
    const ranBefore = [...app.ran];
    const good = pushOf(here.installation);
    const wrongShape = JSON.stringify({ ...JSON.parse(good), installation: { id: 'seven' } });
    const evil = JSON.parse(good) as { repository: object };
    const escape = JSON.stringify({ ...evil, repository: { name: '../../app', owner: {} } });
    const all: readonly [Sent, number][] = [
      [{ body: good, headers: { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` } }, 400],
      // As older servers sign; what can be forged counts for nothing.
      [{ body: good, headers: { 'x-hub-signature-256': signed(good, 'sha1') } }, 400],
      [{ body: good, headers: { 'x-hub-signature-256': signed(good, 'sha512') } }, 400],
      [{ body: good.slice(0, -9), headers: { 'x-hub-signature-256': signed(good) } }, 400],
      [{ body: good.slice(0, -9) }, 400],
      [{ body: '\u0000\u0001' }, 400],
      [{ body: `[${good}]` }, 400],
      [{ body: good, guid: 'x'.repeat(300) }, 400],
      [{ body: good, event: 'no_such_event' }, 200],
      [{ body: good, event: '__proto__' }, 400],
      [{ body: '{}' }, 200],
      [{ body: wrongShape }, 200],
      [{ body: escape }, 200],
      [{ body: `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}` }, 200],
      [
        {
          body: good,
          headers: {
            'x-github-hook-installation-target-type': 'integration',
            'x-github-hook-installation-target-id': String(here.app.id + 1),
          },
        },
        200,
      ],
    ];
    for (const [sent, status] of all) {
      const before = app.lines.length;
      expect(await send(app, sent), sent.body).toBe(status);
      const lines = app.lines.slice(before).filter(({ msg }) => msg.startsWith('webhook'));
      expect(lines, sent.body).toHaveLength(1);
      expect(lines[0]?.['status']).toBe(status);
      expect(lines[0]).toSatisfy((line: object) => 'why' in line || 'err' in line);
      expect(JSON.stringify(lines)).not.toContain(secret);
    }
    await untilIdle(app);
    expect({ stored: await storedDeliveries(), ran: app.ran }).toEqual({
      stored: 0,
      ran: ranBefore,
    });
    expect(writesAt(here.github)).toEqual([]);
  });

  it('of 30 MB is refused before it is read, ten at a time: memory stays flat', async () => {
    const here = await placeWithApp();
    const app = await startIdleApp({ ...here, databaseUrl: used.url });
    await untilIdle(app);
    const before = process.memoryUsage();
    const heads = await Promise.all(Array.from({ length: 10 }, () => pushLarge(app.url)));
    expect(heads).toEqual(Array.from({ length: 10 }, () => 'HTTP/1.1 413 Payload Too Large'));
    const after = process.memoryUsage();
    // Sender and App are one process here; one body kept would already be 30.
    expect((after.rss - before.rss) / 1e6).toBeLessThan(30);
    expect((after.arrayBuffers - before.arrayBuffers) / 1e6).toBeLessThan(10);
    expect(app.said('webhook refused')).toHaveLength(10);
    expect(await send(app, { body: pushOf(here.installation) })).toBe(200);
  });

  it('but was sent again and again is worked on once', async () => {
    const here = await placeWithApp();
    const app = await startIdleApp({ ...here, databaseUrl: used.url });
    await untilIdle(app);
    const sent = { guid: randomUUID(), body: pushOf(here.installation) };
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(app, sent)));
    expect(new Set(answers)).toEqual(new Set([200]));
    await untilIdle(app);
    expect(await send(app, sent)).toBe(200);
    await untilIdle(app);
    expect([app.said('webhook new').length, app.said('webhook known').length]).toEqual([1, 8]);
    const done = app.said('job done').filter(({ kind }) => kind === 'delivery');
    expect(done).toHaveLength(1);
  });
});

/** Announces 30 MB and sends them; gives the first line of the answer. */
async function pushLarge(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const head = [
    `POST ${webhookPath} HTTP/1.1`,
    ...['host: x', 'connection: close', 'content-type: application/json'],
    ...['x-github-event: push', `x-github-delivery: ${randomUUID()}`],
    ...[`x-hub-signature-256: sha256=${'0'.repeat(64)}`, 'content-length: 30000000'],
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  const chunk = Buffer.alloc(100_000, 'x');
  let left = 300;
  function more(): void {
    while (left > 0 && socket.writable) {
      left -= 1;
      if (!socket.write(chunk)) return void socket.once('drain', more);
    }
  }
  more();
  let heard = '';
  try {
    for await (const part of socket) heard += String(part);
  } catch {
    // Cut off while it still sent; what counts is what it heard before.
  }
  return heard.split('\r\n', 1)[0] ?? '';
}
