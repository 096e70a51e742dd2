import { Hono } from 'hono';
import { html } from 'hono/html';
import packageFile from '../../package.json' with { type: 'json' };
import type { Health } from '../edge/store/store.ts';

/** What the pages tell. */
export interface PageFacts {
  readonly health: () => Promise<Health>;
  /** The App's own account (`pinwheel[bot]`), as soon as GitHub has said it. */
  readonly account: () => string | undefined;
  /** Where browsers find GitHub. */
  readonly webUrl: string;
}

/** Pages for people and for whoever watches over the process. */
export function createPages(facts: PageFacts): Hono {
  const pages = new Hono();
  pages.use(async (context, next) => {
    await next();
    context.header('cache-control', 'no-store');
    context.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
    context.header('x-content-type-options', 'nosniff');
  });
  // Alive: the event loop turns. What else is wrong is no reason to be killed.
  pages.get('/healthz', (context) => context.text('ok\n'));
  pages.get('/readyz', async (context) => {
    const wrong = await whatIsWrong(facts);
    return context.json({ ready: wrong.length === 0, wrong }, wrong.length === 0 ? 200 : 503);
  });
  pages.get('/', async (context) => context.html(await indexPage(facts)));
  pages.notFound((context) => context.text('There is nothing here.\n', 404));
  return pages;
}

async function whatIsWrong({ health, account }: PageFacts): Promise<readonly string[]> {
  const { ready, why } = await health();
  return [
    ...(ready ? [] : [`the store does not answer: ${why ?? 'no reason given'}`]),
    ...(account() === undefined ? ['GitHub has not said yet who this App is'] : []),
  ];
}

async function indexPage(facts: PageFacts) {
  const wrong = await whatIsWrong(facts);
  const slug = facts.account()?.replace(/\[bot\]$/, '');
  const installUrl = slug === undefined ? undefined : `${facts.webUrl}/apps/${slug}`;
  const state =
    wrong.length === 0
      ? html`<p>It runs.</p>`
      : wrong.map((one) => html`<p>Not ready: ${one}.</p>`);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>Pinwheel</title>
        <style>
          :root {
            color-scheme: light dark;
          }
          body {
            font:
              1rem/1.5 system-ui,
              sans-serif;
            max-width: 40rem;
            margin: 10vh auto;
            padding: 0 1rem;
          }
        </style>
      </head>
      <body>
        <h1>Pinwheel</h1>
        <p>
          A GitHub App that keeps repositories of OpenStack container images current: it moves their
          pins by pull request, and says in checks what every change means.
        </p>
        ${state}
        ${installUrl === undefined ? '' : html`<p><a href="${installUrl}">Install it on a repository</a></p>`}
        <p><small>Version ${packageFile.version}</small></p>
      </body>
    </html>`;
}
