/** `node bench/webhook-server.ts ours DATA_DIR | probot`: takes webhooks in a process of its own; started by fork. */
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Hono } from 'hono';
import { pino } from 'pino';
import { Probot } from 'probot';
import { createLog } from '../src/app/log.ts';
import { createMetrics } from '../src/app/metrics.ts';
import { serveApp } from '../src/app/server.ts';
import { createWebhookDoor, webhookPath } from '../src/app/webhook-door.ts';
import { openStore } from '../src/edge/store/store.ts';

export const webhookSecret = 'secret of the benchmark';

/** What a server used since it was last asked. */
export interface ServerUse {
  readonly cpuMs: number;
  readonly rssMb: number;
  /** 99th percentile of how late the event loop was, in milliseconds. */
  readonly lateMs: number;
}

function accessOf() {
  const { privateKey: key } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const privateKey = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { appId: 12, privateKey, secret: webhookSecret, webhookSecret };
}

/** The door of `pinwheel serve` and its store, with all that is written for each webhook. */
async function serveOurs(dataDir: string): Promise<string> {
  const store = await openStore({ dataDir, connections: 12 });
  process.once('disconnect', () => void store.close().then(() => process.exit()));
  const log = createLog({ level: 'info', secrets: [webhookSecret] });
  const metrics = createMetrics(store);
  function now(): number {
    return Date.now();
  }
  const door = await createWebhookDoor({ config: accessOf(), store, log, metrics, now });
  const { url } = await serveApp({ host: '127.0.0.1', port: 0 }, { door, pages: new Hono() });
  return `${url}${webhookPath}`;
}

async function serveProbot(): Promise<string> {
  const log = pino({ level: 'fatal' });
  const probot = new Probot({ ...accessOf(), log });
  probot.onAny(() => undefined);
  const listener = await probot.getNodeMiddleware({ path: webhookPath, log });
  const server = createServer((request, response) => void listener(request, response));
  process.once('disconnect', () => process.exit());
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      resolve(`http://127.0.0.1:${port}${webhookPath}`);
    });
  });
}

function answerUse(): void {
  const late = monitorEventLoopDelay({ resolution: 5 });
  late.enable();
  let before = process.cpuUsage();
  process.on('message', () => {
    const { user, system } = process.cpuUsage(before);
    before = process.cpuUsage();
    const use: ServerUse = {
      cpuMs: (user + system) / 1000,
      rssMb: process.memoryUsage.rss() / 1e6,
      lateMs: late.percentile(99) / 1e6,
    };
    late.reset();
    process.send?.(use);
  });
}

if (import.meta.main) {
  const [role, dataDir = ''] = process.argv.slice(2);
  process.send?.(role === 'ours' ? await serveOurs(dataDir) : await serveProbot());
  answerUse();
}
