import { html } from 'hono/html';
import type { Delivery } from '../hooks/delivery.ts';
import { fullNameOf } from '../state/nouns.ts';
import type { App, Repository } from '../state/nouns.ts';
import type { Site } from '../state/site.ts';
import { button } from './forms.ts';
import { page } from './layout.ts';
import { time } from './parts.ts';
import type { Html } from './parts.ts';
import type { Manifest } from '../acts/manifest.ts';

const logged = 50;

/** What an App may do, where it is installed, and what it was told. */
export function appPage(site: Site, app: App, deliveries: readonly Delivery[]): Html {
  const installations = [...site.installations.values()].filter((one) => one.app === app);
  return page({
    title: app.name,
    body: html`<h1>${app.name}</h1>
      <p>${app.description}</p>
      <p class="faint">
        By ${app.owner.login} · <a href="${app.externalUrl}">${app.externalUrl}</a>
      </p>
      <p><a class="button main" href="/apps/${app.slug}/installations/new">Install</a></p>
      ${permissionList(app)}
      <h2>Installed on</h2>
      <ul class="list">
        ${installations.map(({ account, repositoryIds }) => {
          const what = repositoryIds ? `${repositoryIds.size} repositories` : 'all repositories';
          return html`<li><b>${account.login}</b> <span class="faint">${what}</span></li>`;
        })}
      </ul>
      <h2>Recent deliveries</h2>
      <div class="scroll">
        <table class="log">
          <tbody>
            ${deliveries.slice(0, logged).map((one) => deliveryRow(app, one))}
          </tbody>
        </table>
      </div>`,
  });
}

function deliveryRow(app: App, delivery: Delivery): Html {
  const { letter, result, at, id, redelivery } = delivery;
  const isFine = result.statusCode < 400;
  const name = [letter.event, letter.action].filter((part) => part !== undefined).join('.');
  const again = button('Redeliver', { to: `/apps/${app.slug}`, fields: { delivery: String(id) } });
  return html`<tr>
    <td><span class="mark ${isFine ? 'success' : 'failure'}">${isFine ? '✓' : '✕'}</span></td>
    <td><b>${name}</b>${redelivery ? html` <span class="tag">again</span>` : ''}</td>
    <td>${result.status}</td>
    <td><code>${letter.guid}</code></td>
    <td>${time(at)}</td>
    <td>${again}</td>
  </tr>`;
}

function permissionList({ permissions, events }: Pick<App, 'permissions' | 'events'>): Html {
  return html`<h2>Permissions</h2>
    <ul class="plain">
      ${Object.entries(permissions).map(
        ([name, level]) => html`<li><b>${name.replaceAll('_', ' ')}</b> ${level}</li>`,
      )}
    </ul>
    <p class="faint">Told of: ${events.length === 0 ? 'nothing' : events.join(', ')}</p>`;
}

/** The page on which a person agrees to make an App from a manifest. */
export function manifestPage(
  manifest: Manifest,
  { owner, state }: { readonly owner: string; readonly state: string },
): Html {
  const { default_permissions: permissions = {}, default_events: events = [] } = manifest;
  const fields = { manifest: JSON.stringify(manifest), owner, state };
  return page({
    title: `Create ${manifest.name}`,
    body: html`<h1>Create a GitHub App for ${owner}</h1>
      <p><b>${manifest.name}</b> — ${manifest.description ?? ''}</p>
      <p class="faint">Webhooks go to ${manifest.hook_attributes?.url ?? 'nowhere'}</p>
      ${permissionList({ permissions, events })}
      ${button('Create GitHub App', { to: '/settings/apps', fields }, 'main')}`,
  });
}

/** Where a person chooses what an App is installed on. */
export function installPage(site: Site, app: App): Html {
  const byOwner = new Map<string, Repository[]>();
  for (const repository of site.repositories.values()) {
    const { login } = repository.owner;
    byOwner.set(login, [...(byOwner.get(login) ?? []), repository]);
  }
  return page({
    title: `Install ${app.name}`,
    body: html`<h1>Install ${app.name}</h1>
      ${permissionList(app)}
      ${[...byOwner].map(
        ([owner, repositories]) =>
          html`<form method="post" class="box">
            <h2>${owner}</h2>
            <input type="hidden" name="account" value="${owner}" />
            <fieldset>
              <legend>Only some repositories? None chosen means all.</legend>
              ${repositories.map(
                (one) =>
                  html`<label class="choice"
                    ><input type="checkbox" name="repository" value="${fullNameOf(one)}" />
                    ${one.name}</label
                  >`,
              )}
            </fieldset>
            <button class="main">Install on ${owner}</button>
          </form>`,
      )}`,
  });
}
