import { html } from 'hono/html';
import { fullNameOf } from '../state/nouns.ts';
import type { Repository } from '../state/nouns.ts';
import type { Html } from './parts.ts';

export interface PageParts {
  readonly title: string;
  readonly repository?: Repository;
  /** Which of the repository's tabs is open. */
  readonly tab?: 'code' | 'pulls' | 'issues' | 'actions';
  readonly body: Html | readonly Html[];
}

export function page({ title, repository, tab, body }: PageParts): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <link rel="stylesheet" href="/assets/site.css" />
        <link rel="icon" href="data:," />
        <script src="/assets/live.js" defer></script>
      </head>
      <body>
        <header class="top">
          <a href="/" class="home">Small GitHub</a>
          ${repository ? crumbs(repository) : ''}
        </header>
        ${repository ? tabs(repository, tab) : ''}
        <main>${body}</main>
        <footer>A sandbox on loopback. Nothing here is on github.com.</footer>
      </body>
    </html>`;
}

/** A part that follows what happens while somebody looks at it; ids are of the page. */
export function live(id: string, part: Html | readonly Html[]): Html {
  return html`<div id="live-${id}" data-live>${part}</div>`;
}

function crumbs(repository: Repository): Html {
  const flags = [repository.private ? 'private' : 'public', repository.archived ? 'archived' : ''];
  return html`<span class="crumbs">
    <span>${repository.owner.login}</span><span class="faint">/</span
    ><a href="/${fullNameOf(repository)}"><b>${repository.name}</b></a>
    ${flags.filter((flag) => flag !== '').map((flag) => html`<span class="tag">${flag}</span>`)}
  </span>`;
}

function tabs(repository: Repository, open: PageParts['tab']): Html {
  const root = `/${fullNameOf(repository)}`;
  const issues = [...repository.issues.values()].filter(({ state }) => state === 'open');
  const pulls = issues.filter(({ pull }) => pull !== undefined).length;
  const all = [
    { id: 'code', href: root, name: 'Code', count: 0 },
    { id: 'pulls', href: `${root}/pulls`, name: 'Pull requests', count: pulls },
    { id: 'issues', href: `${root}/issues`, name: 'Issues', count: issues.length - pulls },
    { id: 'actions', href: `${root}/actions`, name: 'Actions', count: 0 },
  ];
  return html`<nav class="tabs" aria-label="Repository">
    ${all.map((one) => tabLink(one, open))}
  </nav>`;
}

/** A tab with how much is behind it. */
export function tabLink(
  tab: {
    readonly id: string;
    readonly href: string;
    readonly name: string;
    readonly count: number;
  },
  open: string | undefined,
): Html {
  const count = tab.count > 0 ? html` <span class="count">${tab.count}</span>` : '';
  return tab.id === open
    ? html`<a href="${tab.href}" aria-current="page">${tab.name}${count}</a>`
    : html`<a href="${tab.href}">${tab.name}${count}</a>`;
}
