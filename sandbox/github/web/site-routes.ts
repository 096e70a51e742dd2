import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HttpBindings } from '@hono/node-server';
import type { Hono } from 'hono';
import { html } from 'hono/html';
import type { NodeContext } from '../api/world.ts';
import { notFound, Refusal } from '../state/refusal.ts';
import type { Site } from '../state/site.ts';
import { homePage } from './repository-page.ts';
import { page } from './layout.ts';
import type { Html } from './parts.ts';
import { repositoryPages } from './repository-routes.ts';
import { setupPages } from './setup-routes.ts';
import type { Hooks } from '../hooks/hooks.ts';

const style = readFileSync(join(import.meta.dirname, 'site.css'), 'utf8');
const script = readFileSync(join(import.meta.dirname, 'live.js'), 'utf8');

/** What a person sees in a browser. */
export function addPages(app: Hono<{ Bindings: HttpBindings }>, site: Site, hooks: Hooks): void {
  app.get('/assets/site.css', (context) => {
    return context.body(style, 200, { 'content-type': 'text/css; charset=utf-8' });
  });
  app.get('/assets/live.js', (context) => {
    return context.body(script, 200, { 'content-type': 'text/javascript; charset=utf-8' });
  });
  app.get('/_downloads/:name', (context) => {
    const found = site.downloads.get(context.req.param('name'));
    if (!found || found.expiresAt <= site.clock.now()) throw notFound();
    return context.body(new Uint8Array(found.bytes), 200, { 'content-type': found.type });
  });
  app.get('/', (context) => context.html(homePage(site)));
  app.route('/', setupPages(site, hooks));
  app.route('/', repositoryPages(site));
  app.notFound((context) => context.html(plainPage('There is nothing here'), 404));
  app.onError((error, context) => refusedPage(error, context));
}

function refusedPage(error: Error, context: NodeContext): Response | Promise<Response> {
  if (!(error instanceof Refusal)) throw error;
  const reasons = (error.errors ?? []).map(({ message = '' }) => message);
  context.status(error.status as 422);
  return context.html(plainPage([error.message, ...reasons].join(' ')));
}

function plainPage(title: string): Html {
  return page({ title, body: html`<h1>${title}</h1>` });
}
