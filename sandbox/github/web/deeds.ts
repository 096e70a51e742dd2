import { createFromManifest, readManifest } from '../acts/manifest.ts';
import { installApp } from '../acts/apps.ts';
import { addAccount } from '../acts/accounts.ts';
import type { NodeContext } from '../api/world.ts';
import { personIn } from '../people.ts';
import type { Person } from '../person.ts';
import { fullNameOf } from '../state/nouns.ts';
import type { App, Issue, Repository } from '../state/nouns.ts';
import { Refusal } from '../state/refusal.ts';
import { mayAs } from '../state/roles.ts';
import { accountOf, findRepository } from '../state/site.ts';
import type { Site } from '../state/site.ts';

/** The fields of a form of our own pages; a form of another site is not taken. */
export async function readForm(context: NodeContext): Promise<URLSearchParams> {
  const origin = context.req.header('origin');
  if (origin !== undefined && origin !== new URL(context.req.url).origin) {
    throw new Refusal(403, 'This form is of another site');
  }
  return new URLSearchParams(await context.req.text());
}

/** Who looks at the pages: somebody who may do everything in this repository. */
export function viewerOf(site: Site, repository: Repository): Person {
  const people = [...site.accounts.values()].filter(({ type }) => type === 'User');
  const viewer =
    people.find((one) => mayAs(repository, one, 'admin')) ??
    addAccount(site, { login: 'viewer', type: 'User' });
  if (!mayAs(repository, viewer, 'admin')) repository.collaborators.set(viewer.login, 'admin');
  return personIn(site, viewer.login, fullNameOf(repository));
}

/** What the buttons of issues and pull requests do. */
export async function doOnIssue(
  person: Person,
  { number, pull }: Issue,
  form: URLSearchParams,
): Promise<void> {
  const deeds: Readonly<Record<string, () => Promise<unknown>>> = {
    comment: () => person.comment(number, form.get('body') ?? ''),
    close: () => (pull ? person.closePullRequest(number) : person.closeIssue(number)),
    reopen: () => (pull ? person.reopenPullRequest(number) : person.reopenIssue(number)),
    ready: () => person.setDraft(number, false),
    merge: () => person.merge(number),
  };
  const deed = Object.entries(deeds).find(([name]) => name === form.get('do'))?.[1];
  if (!deed) throw new Refusal(422, 'There is no such deed');
  await deed();
}

export async function doOnCheck(person: Person, id: number, form: URLSearchParams): Promise<void> {
  const identifier = form.get('identifier');
  if (form.get('do') === 'press' && identifier !== null) await person.press(id, identifier);
  else await person.rerequest(id);
}

/** Makes the App and gives the address that the person is sent back to, with the code. */
export function createApp(site: Site, form: URLSearchParams): string {
  const manifest = readManifest(site, form.get('manifest') ?? '');
  const owner = addAccount(site, { login: form.get('owner') ?? 'viewer', type: 'User' });
  const { code } = createFromManifest(site, owner, manifest);
  const back = new URL(manifest.redirect_url);
  back.searchParams.set('code', code);
  const state = form.get('state');
  if (state !== null && state !== '') back.searchParams.set('state', state);
  return back.href;
}

/** Installs and gives the address of the App's own page for what comes next, or of its page here. */
export function install(site: Site, app: App, form: URLSearchParams): string {
  const account = accountOf(site, form.get('account') ?? '');
  const chosen = form.getAll('repository').map((name) => findRepository(site, name));
  const repositories = chosen.filter((one) => one !== undefined);
  const installation = installApp(site, {
    ...{ app, account, by: account },
    ...(repositories.length > 0 && { repositories }),
  });
  if (app.setupUrl === null) return `/apps/${app.slug}`;
  const next = new URL(app.setupUrl);
  next.searchParams.set('installation_id', String(installation.id));
  next.searchParams.set('setup_action', 'install');
  return next.href;
}
