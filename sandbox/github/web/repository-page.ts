import { html } from 'hono/html';
import { readCommit } from '../git/commits.ts';
import type { Commit } from '../git/commits.ts';
import { changedFiles, listCommits } from '../git/history.ts';
import { readTyped } from '../git/objects.ts';
import { listRefs, readRef } from '../git/refs.ts';
import { entryAt, readTree } from '../git/trees.ts';
import { fullNameOf } from '../state/nouns.ts';
import type { Issue, Repository } from '../state/nouns.ts';
import type { Place, Site } from '../state/site.ts';
import { checkRows, latestRuns } from './check-page.ts';
import { conversation, issueLabels, talkForm } from './conversation.ts';
import { fileSummary, showFiles } from './diff.ts';
import { button } from './forms.ts';
import { live, page } from './layout.ts';
import {
  checkMark,
  labelChip,
  markdown,
  shortSha,
  stateBadge,
  stateOf,
  time,
  who,
} from './parts.ts';
import type { Html } from './parts.ts';
import { commitList } from './pull-page.ts';

const heads = 'refs/heads/';

/** All repositories, those with something open first. */
export function homePage(site: Site): Html {
  const all = [...site.repositories.values()].sort((a, b) => b.pushedAt - a.pushedAt);
  return page({
    title: 'Small GitHub',
    body: html`<h1>Repositories</h1>
      <ul class="list">
        ${all.map((repository) => {
          const open = [...repository.issues.values()].filter(({ state }) => state === 'open');
          const pulls = open.filter(({ pull }) => pull !== undefined).length;
          return html`<li>
            <p>
              <a href="/${fullNameOf(repository)}"><b>${fullNameOf(repository)}</b></a>
            </p>
            <p class="faint">
              ${pulls} open pull requests · ${open.length - pulls} open issues · pushed
              ${time(repository.pushedAt)}
            </p>
          </li>`;
        })}
      </ul>
      <h2>Apps</h2>
      <ul class="list">
        ${[...site.apps.values()].map(
          ({ slug, name }) =>
            html`<li>
              <a href="/apps/${slug}"><b>${name}</b></a>
            </li>`,
        )}
      </ul>`,
  });
}

/** Newest commits, branches, files of the root and the read-me. */
export async function repositoryPage(place: Place): Promise<Html> {
  const { repository } = place;
  const { dir, defaultBranch } = repository;
  const tip = await readRef(dir, heads + defaultBranch);
  const commits = tip === undefined ? [] : await listCommits(dir, ['--max-count=10', tip]);
  const [head] = commits;
  return page({
    title: fullNameOf(repository),
    repository,
    tab: 'code',
    body: html`<h1>${repository.name}</h1>
      ${repository.description === null ? '' : html`<p>${repository.description}</p>`}
      <p><code>git clone ${place.site.urls.web}/${fullNameOf(repository)}.git</code></p>
      <div class="columns">
        <div>
          ${head ? await fileList(repository, head) : html`<p class="faint">Nothing here yet.</p>`}
          ${head ? await readMe(repository, head) : ''}
        </div>
        <aside>${await branchList(repository)}</aside>
      </div>
      <h2>Newest commits of ${defaultBranch}</h2>
      ${commitList(place, commits)}`,
  });
}

async function fileList(repository: Repository, { tree }: Commit): Promise<Html> {
  const root = `/${fullNameOf(repository)}/blob/${repository.defaultBranch}`;
  const entries = (await readTree(repository.dir, tree)) ?? [];
  return html`<ul class="list files">
    ${entries.map(({ name, mode }) => {
      const isFolder = mode === '040000';
      return html`<li><a href="${root}/${name}">${name}${isFolder ? '/' : ''}</a></li>`;
    })}
  </ul>`;
}

async function readMe({ dir }: Repository, { tree }: Commit): Promise<Html | string> {
  const entry = await entryAt(dir, tree, 'README.md');
  const bytes = entry && (await readTyped(dir, entry.sha, 'blob'));
  return bytes ? html`<section class="box">${markdown(bytes.toString())}</section>` : '';
}

async function branchList(repository: Repository): Promise<Html> {
  const names = [...(await listRefs(repository.dir, heads)).keys()];
  return html`<section>
    <h2>Branches</h2>
    <ul class="plain">
      ${names.map((ref) => html`<li><code>${ref.slice(heads.length)}</code></li>`)}
    </ul>
  </section>`;
}

/** Pull requests, or issues, of one state. */
export function issueListPage(
  { repository }: Place,
  kind: 'pulls' | 'issues',
  state: string,
): Html {
  const root = `/${fullNameOf(repository)}`;
  const all = [...repository.issues.values()]
    .filter(({ pull }) => (pull !== undefined) === (kind === 'pulls'))
    .reverse();
  const shown = all.filter((issue) => issue.state === state);
  const open = all.filter((issue) => issue.state === 'open').length;
  const links = [
    { id: 'open', name: `${open} open` },
    { id: 'closed', name: `${all.length - open} closed` },
  ];
  return page({
    title: `${kind === 'pulls' ? 'Pull requests' : 'Issues'} · ${fullNameOf(repository)}`,
    repository,
    tab: kind,
    body: html`<h1>${kind === 'pulls' ? 'Pull requests' : 'Issues'}</h1>
      <p class="row">
        ${links.map(({ id, name }) =>
          id === state
            ? html`<b>${name}</b>`
            : html`<a href="${root}/${kind}?state=${id}">${name}</a>`,
        )}
      </p>
      ${shown.length === 0 ? html`<p class="faint">None.</p>` : ''}
      ${live(
        'list',
        html`<ul class="list">
          ${shown.map((issue) => issueRow(repository, issue))}
        </ul>`,
      )}`,
  });
}

function issueRow(repository: Repository, issue: Issue): Html {
  const path = issue.pull ? 'pull' : 'issues';
  const runs = issue.pull ? latestRuns(repository, issue.pull.headSha) : [];
  const labels = [...issue.labels].flatMap(
    (name) => repository.labels.get(name.toLowerCase()) ?? [],
  );
  return html`<li>
    <p>
      <span class="dot ${stateOf(issue)}" title="${stateOf(issue)}"></span>
      <a href="/${fullNameOf(repository)}/${path}/${issue.number}"><b>${issue.title}</b></a>
      ${runs.map(checkMark)} ${labels.map(labelChip)}
    </p>
    <p class="faint">
      #${issue.number} by ${issue.user.login} · ${time(issue.createdAt)}
      ${issue.pull ? html` · <code>${issue.pull.headRef}</code>` : ''}
    </p>
  </li>`;
}

export function issuePage(place: Place, issue: Issue): Html {
  const { repository } = place;
  const to = `/${fullNameOf(repository)}/issues/${issue.number}`;
  const isOpen = issue.state === 'open';
  return page({
    title: `${issue.title} · #${issue.number}`,
    repository,
    tab: 'issues',
    body: html`<h1>${issue.title} <span class="faint">#${issue.number}</span></h1>
      <p class="sub">
        ${stateBadge(issue)} ${who(issue.user)} opened this at ${time(issue.createdAt)}
      </p>
      <div class="columns">
        <div>
          ${live('talk', conversation(place, issue))} ${talkForm(place, issue)}
          ${button(isOpen ? 'Close' : 'Reopen', {
            to,
            fields: { do: isOpen ? 'close' : 'reopen' },
          })}
        </div>
        <aside>${issueLabels(place, issue)}</aside>
      </div>`,
  });
}

/** A commit, its checks and what it changed; undefined where there is none of that id. */
export async function commitPage(place: Place, sha: string): Promise<Html | undefined> {
  const { repository } = place;
  const commit = await readCommit(repository.dir, sha);
  if (!commit) return undefined;
  const files = await changedFiles(repository.dir, commit.parents[0], sha);
  const runs = latestRuns(repository, sha);
  return page({
    title: `${commit.message.split('\n')[0] ?? ''} · ${shortSha(sha)}`,
    repository,
    tab: 'code',
    body: html`${commitList(place, [commit])}
      ${runs.length === 0 ? '' : html`<section class="box">${checkRows(place, runs)}</section>`}
      <p class="faint">${fileSummary(files)}</p>
      ${showFiles(files)}`,
  });
}
