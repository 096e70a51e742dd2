import type { IncomingMessage, ServerOptions, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { listen } from './listen.ts';
import type { Address, Listening } from './listen.ts';
import type { Metrics } from './metrics.ts';
import { webhookPath } from './webhook-door.ts';
import type { WebhookDoor } from './webhook-door.ts';

/** Webhooks and pages on one port. */
export function serveApp(
  address: Address,
  { door, pages, ...limits }: { readonly door: WebhookDoor; readonly pages: Hono } & ServerOptions,
): Promise<Listening> {
  const showPage = getRequestListener(pages.fetch, { overrideGlobalObjects: false });
  return listen(address, limits, (request, response) => {
    if (isWebhook(request)) void door(request, response);
    else void showPage(request, response);
  });
}

/** Numbers on a port of their own: they are nobody's business outside. */
export function serveMetrics(address: Address, metrics: Metrics): Promise<Listening> {
  const pages = new Hono();
  pages.get('/metrics', async (context) =>
    context.body(await metrics.text(), 200, { 'content-type': metrics.contentType }),
  );
  const show = getRequestListener(pages.fetch, { overrideGlobalObjects: false });
  return listen(address, {}, (request: IncomingMessage, response: ServerResponse) => {
    void show(request, response);
  });
}

function isWebhook({ url }: IncomingMessage): boolean {
  const path = (url ?? '').split('?', 1)[0] ?? '';
  return path.replace(/\/+$/, '') === webhookPath;
}
