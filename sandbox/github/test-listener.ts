import { afterEach } from 'vitest';
import { serveLoopback } from '../wire.ts';
import type { LoopbackServer } from '../wire.ts';
import type { GitHub, GitHubOptions } from './github.ts';
import type { App } from './state/nouns.ts';
import { testWorld } from './test-world.ts';

interface Received {
  readonly name: string;
  readonly guid: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

const servers = new Set<LoopbackServer>();

afterEach(async () => {
  await Promise.all([...servers].map((server) => server.close()));
  servers.clear();
});

/** An App that remembers what it is told; `statuses` are its first answers, then 200. */
export async function listen(github: GitHub, app: App, statuses: number[] = []) {
  const received: Received[] = [];
  const server = await serveLoopback((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const text = Buffer.concat(parts).toString();
      const { action } = JSON.parse(text) as { action?: string };
      const { headers } = request;
      const event = String(headers['x-github-event']);
      const name = action === undefined ? event : `${event}.${action}`;
      received.push({ name, guid: String(headers['x-github-delivery']), headers, text });
      const status = statuses.shift() ?? 200;
      // 0: an App that never answers.
      if (status !== 0) response.writeHead(status).end('seen');
    });
  });
  servers.add(server);
  github.setWebhook(app, `${server.url}/hooks`);
  return received;
}

/** The small test world, whose App listens. */
export async function listeningWorld(options: GitHubOptions = {}, statuses: number[] = []) {
  const world = await testWorld(options);
  const received = await listen(world.github, world.app, statuses);
  async function names() {
    await world.github.settled();
    return received.splice(0).map(({ name }) => name);
  }
  return { ...world, received, names, alice: world.github.as('alice') };
}
