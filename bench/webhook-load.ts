/** Sends signed webhooks over connections that stay open, from a process of its own; started by fork. */
import { createHmac, randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { quantile } from './statistics.ts';

export interface LoadOrder {
  readonly url: string;
  readonly secret: string;
  readonly connections: number;
  /** Until so many are answered, or for so long. */
  readonly count?: number;
  readonly seconds?: number;
}

export interface LoadResult {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
  /** Answers that were not 200. */
  readonly bad: number;
}

/** A push of 10 KB, as GitHub's are. */
function pushBody(): string {
  return JSON.stringify({
    ref: 'refs/heads/main',
    installation: { id: 7 },
    repository: { name: 'images', full_name: 'acme/images', owner: { login: 'acme' } },
    commits: Array.from({ length: 10 }, (_, id) => ({ id, message: 'x'.repeat(960) })),
  });
}

/** All of a request but its id. */
function requestParts({ url, secret }: LoadOrder): readonly [string, string] {
  const { host, pathname } = new URL(url);
  const body = pushBody();
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  const lines = [
    `POST ${pathname} HTTP/1.1`,
    ...[`host: ${host}`, 'content-type: application/json', `content-length: ${body.length}`],
    ...['user-agent: GitHub-Hookshot/1', 'accept: */*', 'x-github-event: push'],
    ...['x-github-hook-installation-target-type: integration'],
    ...['x-github-hook-installation-target-id: 12', `x-hub-signature-256: sha256=${signature}`],
    'x-github-delivery: ',
  ];
  return [lines.join('\r\n'), `\r\n\r\n${body}`];
}

async function load(order: LoadOrder): Promise<LoadResult> {
  const { url, connections, count = Infinity, seconds = Infinity } = order;
  const [head, rest] = requestParts(order);
  const { hostname, port } = new URL(url);
  const times: number[] = [];
  let [bad, sent] = [0, 0];
  const started = performance.now();
  const end = started + seconds * 1000;
  async function one(): Promise<void> {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    while (performance.now() < end && sent < count) {
      sent += 1;
      const begin = performance.now();
      socket.write(`${head}${randomUUID()}${rest}`);
      // Answers are far smaller than a packet.
      if (!(await answerOf(socket)).startsWith('HTTP/1.1 200')) bad += 1;
      times.push(performance.now() - begin);
    }
    socket.destroy();
  }
  await Promise.all(Array.from({ length: connections }, one));
  const perSecond = times.length / ((performance.now() - started) / 1000);
  const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)];
  return { perSecond, p50, p99, most: Math.max(...times), bad };
}

function answerOf(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.once('data', (data: Buffer) => {
      socket.off('error', reject);
      resolve(data.toString('latin1', 0, 64));
    });
    socket.once('error', reject);
  });
}

if (import.meta.main) {
  process.on('message', (order: LoadOrder) => {
    void load(order).then((result) => process.send?.(result));
  });
}
