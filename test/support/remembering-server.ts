import { createHash } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { serveLoopback } from '../../sandbox/wire.ts';

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: Uint8Array;
}

/**
 * Stands before a git server whose repositories stay as they are: what was asked once is answered from
 * memory, without a process of git. Gives its URL.
 */
async function rememberAnswers(origin: string): Promise<string> {
  const known = new Map<string, Promise<Answer>>();
  async function ask(method: string, path: string, asked: Asked): Promise<Answer> {
    const answer = await fetch(`${origin}${path}`, {
      ...{ method, headers: asked.headers },
      ...(method !== 'GET' && { body: new Uint8Array(asked.body) }),
    });
    const body = new Uint8Array(await answer.arrayBuffer());
    return { status: answer.status, type: answer.headers.get('content-type') ?? '', body };
  }
  const server = await serveLoopback((request, response) => {
    const { method = '', url = '' } = request;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const wanted = ['content-type', 'content-encoding', 'git-protocol', 'accept'];
      const headers = Object.fromEntries(
        wanted.flatMap((name) => {
          const value = request.headers[name];
          return value === undefined ? [] : [[name, String(value)]];
        }),
      );
      const asked = { headers, body: Buffer.concat(chunks) };
      const parts = [method, url, JSON.stringify(headers)].join('\n');
      const key = createHash('sha256').update(parts).update(asked.body).digest('hex');
      const answer = known.get(key) ?? ask(method, url, asked);
      known.set(key, answer);
      answer.then(
        ({ status, type, body }) => response.writeHead(status, { 'content-type': type }).end(body),
        () => response.destroy(),
      );
    });
  });
  onTestFinished(() => server.close());
  return server.url;
}

interface Asked {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The same for an upstream template. */
export async function rememberedTemplate(template: string): Promise<string> {
  const { origin } = new URL(template);
  return template.replace(origin, await rememberAnswers(origin));
}
