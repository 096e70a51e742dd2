import { randomBytes } from 'node:crypto';
import { getRequestListener } from '@hono/node-server';
import { Octokit } from '@octokit/rest';
import { Hono } from 'hono';
import { html } from 'hono/html';
import { WorldError } from '../core/model/failures.ts';
import { appManifest } from './app-manifest.ts';
import type { GitHubUrls } from './github-urls.ts';
import { listen } from './listen.ts';
import type { Listening } from './listen.ts';

export interface SetupOptions extends GitHubUrls {
  /** Of the local page; 0: any that is free. */
  readonly port: number;
  /** Where GitHub is to reach the App. */
  readonly publicUrl: string;
  /** Whose App it is to be; without one, that of whoever clicks. */
  readonly organization?: string;
  readonly name?: string;
}

/** An App that GitHub has just made. */
export interface MadeApp {
  readonly id: number;
  readonly name: string;
  readonly privateKey: string;
  readonly webhookSecret: string;
  /** Its page, from which it is installed. */
  readonly page: string;
}

export interface SetupPages extends Pick<Listening, 'url'> {
  /** Rejects where GitHub does not give what it made. */
  readonly made: Promise<MadeApp>;
  readonly stop: () => Promise<void>;
}

/**
 * GitHub's manifest flow: a local page with a button leads to GitHub, which sends the browser back here
 * with a code, and for the code gives the App's key and secret.
 */
export async function serveSetup(options: SetupOptions): Promise<SetupPages> {
  // What comes back without it was not begun here.
  const state = randomBytes(24).toString('base64url');
  const { promise: made, resolve, reject } = Promise.withResolvers<MadeApp>();
  const pages = new Hono();
  const show = getRequestListener(pages.fetch, { overrideGlobalObjects: false });
  const server = await listen({ host: '127.0.0.1', port: options.port }, {}, (...exchange) => {
    void show(...exchange);
  });
  const { publicUrl, name } = options;
  const places = { publicUrl, ...(name !== undefined && { name }) };
  const manifest = await appManifest({ ...places, redirectUrl: `${server.url}/created` });
  pages.get('/', (context) => context.html(beginPage(createUrl(options, state), manifest)));
  pages.get('/created', async (context) => {
    const { code, state: given } = context.req.query();
    if (given !== state || code === undefined || !/^[\w-]{1,200}$/.test(code)) {
      return context.text('This was not begun here. Go back to the first page.\n', 400);
    }
    try {
      const app = await convert(options, code);
      resolve(app);
      return await context.html(endPage(app));
    } catch (error) {
      reject(error);
      return context.text('GitHub did not give the App: the terminal says why.\n', 502);
    }
  });
  return { url: server.url, made, stop: () => server.stop(1000) };
}

function createUrl({ webUrl, organization }: SetupOptions, state: string): string {
  const owner = organization === undefined ? '' : `/organizations/${organization}`;
  return `${webUrl}${owner}/settings/apps/new?state=${state}`;
}

async function convert({ apiUrl }: SetupOptions, code: string): Promise<MadeApp> {
  try {
    const octokit = new Octokit({ baseUrl: apiUrl, log: silent });
    const { data } = await octokit.rest.apps.createFromManifest({ code });
    const { id, name, pem, webhook_secret: secret, html_url: page } = data;
    if (secret === null) throw new Error('it made no secret for webhooks');
    return { id, name, privateKey: pem, webhookSecret: secret, page };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new WorldError(
      `GitHub does not give the App that it made: ${why}`,
      'remove it on GitHub, and run pinwheel setup again: a code is good once, and for an hour',
    );
  }
}

function ignore(): void {
  // What octokit would log is in the error that it throws.
}

const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };

function beginPage(url: string, manifest: object) {
  return html`<!doctype html>
    <html lang="en">
      <title>Pinwheel: make the App</title>
      <h1>Make the App</h1>
      <p>GitHub shows what it will be allowed to do, and asks for its name.</p>
      <form method="post" action="${url}">
        <input type="hidden" name="manifest" value="${JSON.stringify(manifest)}" />
        <button>Go on to ${new URL(url).host}</button>
      </form>
    </html>`;
}

function endPage({ name, page }: MadeApp) {
  return html`<!doctype html>
    <html lang="en">
      <title>Pinwheel: the App is made</title>
      <h1>${name} is made</h1>
      <p>Its key is where pinwheel serve finds it. What is left:</p>
      <ol>
        <li>start <code>pinwheel serve</code></li>
        <li><a href="${page}">install it</a> on the images repository</li>
      </ol>
    </html>`;
}
