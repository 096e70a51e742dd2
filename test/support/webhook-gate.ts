import { onTestFinished } from 'vitest';
import { serveLoopback } from '../../sandbox/wire.ts';
import { webhookPath } from '../../src/app/webhook-door.ts';

/** Stands before Apps: every one of them gets each webhook, and none while it is shut. */
export interface WebhookGate {
  /** For `setWebhook`. */
  readonly url: string;
  readonly shut: () => void;
  readonly open: () => void;
}

/** `urls` of the Apps, looked at for each webhook; none: nobody answers. */
export async function startWebhookGate(urls: () => readonly string[]): Promise<WebhookGate> {
  let opened = Promise.resolve();
  let open: (() => void) | undefined;
  const server = await serveLoopback((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      void opened
        .then(() => forward(urls(), { headers: request.headers, body: Buffer.concat(chunks) }))
        .then((status) => response.writeHead(status).end());
    });
  });
  onTestFinished(() => server.close());
  return {
    url: `${server.url}${webhookPath}`,
    shut: () => {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      opened = promise;
      open = () => {
        resolve(undefined);
      };
    },
    open: () => {
      open?.();
    },
  };
}

interface Webhook {
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
}

/** The worst of the answers. */
async function forward(urls: readonly string[], { headers, body }: Webhook): Promise<number> {
  const wanted = Object.entries(headers).filter(([name]) => /^x-|^content-type$/.test(name));
  const plain = Object.fromEntries(wanted.map(([name, value]) => [name, String(value)]));
  const answers = urls.map(async (url) => {
    const at = `${url}${webhookPath}`;
    const answer = await fetch(at, { method: 'POST', headers: plain, body: new Uint8Array(body) });
    return answer.status;
  });
  const results = await Promise.allSettled(answers);
  return Math.max(502 * Number(results.length === 0), ...results.map(statusOf));
}

function statusOf(result: PromiseSettledResult<number>): number {
  return result.status === 'fulfilled' ? result.value : 502;
}
