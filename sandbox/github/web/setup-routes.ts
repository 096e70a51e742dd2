import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { readManifest } from '../acts/manifest.ts';
import type { NodeContext } from '../api/world.ts';
import type { Hooks } from '../hooks/hooks.ts';
import type { App } from '../state/nouns.ts';
import { notFound } from '../state/refusal.ts';
import type { Site } from '../state/site.ts';
import { appPage, installPage, manifestPage } from './app-pages.ts';
import { createApp, install, readForm } from './deeds.ts';

/** Making an App from a manifest, looking at it, installing it. */
export function setupPages(site: Site, hooks: Hooks): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.post('/settings/apps/new', (context) => askToCreate(site, context, 'viewer'));
  app.post('/organizations/:org/settings/apps/new', (context) =>
    askToCreate(site, context, context.req.param('org')),
  );
  app.post('/settings/apps', async (context) => {
    return context.redirect(createApp(site, await readForm(context)));
  });
  app.get('/apps/:slug', (context) => {
    const found = appOf(site, context.req.param('slug'));
    return context.html(appPage(site, found, hooks.deliveries(found)));
  });
  app.post('/apps/:slug', async (context) => {
    const found = appOf(site, context.req.param('slug'));
    const id = Number((await readForm(context)).get('delivery'));
    const delivery = hooks.deliveries(found).find((one) => one.id === id);
    if (delivery) hooks.redeliver(delivery);
    await hooks.settled();
    return context.redirect(`/apps/${found.slug}`);
  });
  app.get('/apps/:slug/installations/new', (context) =>
    context.html(installPage(site, appOf(site, context.req.param('slug')))),
  );
  app.post('/apps/:slug/installations/new', async (context) => {
    const found = appOf(site, context.req.param('slug'));
    return context.redirect(install(site, found, await readForm(context)));
  });
  return app;
}

function appOf(site: Site, slug: string): App {
  const found = [...site.apps.values()].find((app) => app.slug === slug);
  if (!found) throw notFound();
  return found;
}

/** The form comes from the App's own page, so its origin is another one. */
async function askToCreate(site: Site, context: NodeContext, owner: string) {
  const form = new URLSearchParams(await context.req.text());
  const manifest = readManifest(site, form.get('manifest') ?? '');
  const state = context.req.query('state') ?? form.get('state') ?? '';
  return context.html(manifestPage(manifest, { owner, state }));
}
