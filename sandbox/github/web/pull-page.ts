import { html } from 'hono/html';
import { missingForMerge, pullRange, tryMerge } from '../acts/pull-facts.ts';
import type { Commit } from '../git/commits.ts';
import { commitsBetween } from '../git/graph.ts';
import { changedFiles } from '../git/history.ts';
import type { FileChange } from '../git/history.ts';
import { fullNameOf } from '../state/nouns.ts';
import type { CheckRun, PullIssue, Repository } from '../state/nouns.ts';
import type { Place } from '../state/site.ts';
import { checkRows, latestRuns } from './check-page.ts';
import { conversation, issueLabels, talkForm } from './conversation.ts';
import { fileSummary, showFiles, showRemark } from './diff.ts';
import type { Remark } from './diff.ts';
import { button } from './forms.ts';
import { live, page, tabLink } from './layout.ts';
import { counted, markdown, shortSha, stateBadge, stateOf, time, who } from './parts.ts';
import type { Html } from './parts.ts';

export type PullTab = 'talk' | 'commits' | 'checks' | 'files';

interface PullView extends Place {
  readonly issue: PullIssue;
  readonly commits: readonly Commit[];
  readonly files: readonly FileChange[];
  readonly runs: readonly CheckRun[];
}

/** A pull request as a person looks at it. */
export async function pullPage(place: Place, issue: PullIssue, tab: PullTab): Promise<Html> {
  const { repository } = place;
  const { from, to } = await pullRange(place, issue);
  const view: PullView = {
    ...place,
    issue,
    commits: await commitsBetween(repository.dir, from, to),
    files: await changedFiles(repository.dir, from, to),
    runs: latestRuns(repository, to),
  };
  return page({
    title: `${issue.title} · #${issue.number}`,
    repository,
    tab: 'pulls',
    body: [pullHead(view, tab), await pullBody(view, tab)],
  });
}

function pullHead({ repository, issue, commits, files, runs }: PullView, tab: PullTab): Html {
  const { pull } = issue;
  const verb = pull.merged ? 'merged' : 'wants to merge';
  const root = `/${fullNameOf(repository)}/pull/${issue.number}`;
  const talk = [...repository.comments.values()].filter((one) => one.issue === issue.number);
  const tabs = [
    { id: 'talk', href: root, name: 'Conversation', count: talk.length },
    { id: 'commits', href: `${root}/commits`, name: 'Commits', count: commits.length },
    { id: 'checks', href: `${root}/checks`, name: 'Checks', count: runs.length },
    { id: 'files', href: `${root}/files`, name: 'Files', count: files.length },
  ];
  return html`<h1>${issue.title} <span class="faint">#${issue.number}</span></h1>
    <p class="sub">
      ${stateBadge(issue)} ${who(issue.user)} ${verb} ${counted(commits.length, 'commit')} into
      <code>${pull.baseRef}</code> from <code>${branchName(repository, issue)}</code>
    </p>
    <nav class="tabs" aria-label="Pull request">${tabs.map((one) => tabLink(one, tab))}</nav>`;
}

function branchName(repository: Repository, { pull }: PullIssue): string {
  const from = pull.headRepository;
  return from === repository ? pull.headRef : `${from.owner.login}:${pull.headRef}`;
}

async function pullBody(view: PullView, tab: PullTab): Promise<Html> {
  switch (tab) {
    case 'talk':
      return talkTab(view);
    case 'commits':
      return html`${commitList(view, view.commits)}`;
    case 'checks':
      return checksTab(view);
    case 'files':
      return html`<p class="faint">${fileSummary(view.files)}</p>
        ${showFiles(view.files, remarksOf(view.runs))}`;
  }
}

async function talkTab(view: PullView): Promise<Html> {
  const { issue } = view;
  const people = [...issue.pull.reviewers].map((one) => one.login).join(', ');
  return html`<div class="columns">
    <div>
      ${live('talk', html`${conversation(view, issue)} ${await mergeBox(view)} ${endForm(view)}`)}
      ${talkForm(view, issue)}
    </div>
    <aside>
      ${issueLabels(view, issue)}
      <section>
        <h2>Reviewers</h2>
        <p class="faint">${people === '' ? 'None' : people}</p>
      </section>
    </aside>
  </div>`;
}

async function mergeBox(view: PullView): Promise<Html> {
  const { repository, issue, runs } = view;
  const { merged } = issue.pull;
  if (merged) {
    return html`<section class="box">
      <p>
        <b>Merged</b> by ${who(merged.by)} at ${time(merged.at)} as
        <code>${shortSha(merged.commit)}</code>
      </p>
    </section>`;
  }
  if (issue.state === 'closed') {
    const by = issue.closedBy ? html` by ${who(issue.closedBy)}` : '';
    return html`<section class="box">
      <p><b>Closed</b>${by}, not merged.</p>
    </section>`;
  }
  const isClean = (await tryMerge(view, issue)) !== undefined;
  const missing = missingForMerge(repository, issue);
  return html`<section class="box">
    ${runs.length === 0 ? html`<p class="faint">No checks yet.</p>` : checkRows(view, runs)}
    ${missing.map((why) => html`<p>${why}</p>`)}
    <p class="${isClean ? 'plus' : 'minus'}">
      ${isClean ? 'No conflicts with the base branch.' : 'There are conflicts with the base branch.'}
    </p>
    ${deeds(view, isClean && missing.length === 0 && !issue.pull.draft)}
  </section>`;
}

function deeds({ repository, issue }: PullView, canMerge: boolean): Html {
  const to = `/${fullNameOf(repository)}/pull/${issue.number}`;
  return html`<div class="row">
    ${canMerge ? button('Merge pull request', { to, fields: { do: 'merge' } }, 'main') : ''}
    ${issue.pull.draft ? button('Ready for review', { to, fields: { do: 'ready' } }) : ''}
    ${button('Close', { to, fields: { do: 'close' } })}
  </div>`;
}

function endForm({ repository, issue }: PullView): Html | string {
  if (stateOf(issue) !== 'closed') return '';
  const to = `/${fullNameOf(repository)}/pull/${issue.number}`;
  return button('Reopen', { to, fields: { do: 'reopen' } });
}

/** Commits under each other, whole messages folded. */
export function commitList({ repository }: Place, commits: readonly Commit[]): Html {
  return html`<ul class="list">
    ${commits.map((commit) => {
      const [subject = '', ...rest] = commit.message.trim().split('\n');
      const body = rest.join('\n').trim();
      const signed = repository.signed.has(commit.sha);
      return html`<li>
        <p>
          <a href="/${fullNameOf(repository)}/commit/${commit.sha}"><b>${subject}</b></a>
          ${signed ? html`<span class="tag good">Verified</span>` : ''}
        </p>
        ${
          body === ''
            ? ''
            : html`<details>
                <summary>Message</summary>
                <pre>${body}</pre>
              </details>`
        }
        <p class="faint">
          ${commit.author.name} · ${time(commit.author.seconds * 1000)} ·
          <code>${shortSha(commit.sha)}</code>
        </p>
      </li>`;
    })}
  </ul>`;
}

function checksTab(view: PullView): Html {
  const { runs } = view;
  if (runs.length === 0) return html`<p class="faint">No checks yet.</p>`;
  return live(
    'checks',
    html`<section class="box">${checkRows(view, runs)}</section>
      ${runs.map(
        (run) =>
          html`<section class="box" id="check-${run.id}">
            <h2>${run.name}</h2>
            <p><b>${run.title ?? ''}</b></p>
            ${run.summary === null ? '' : markdown(run.summary)}
            ${run.text === null ? '' : markdown(run.text)}
            ${run.annotations.map((one) => showRemark({ ...one, check: run.name }))}
          </section>`,
      )}`,
  );
}

function remarksOf(runs: readonly CheckRun[]): readonly Remark[] {
  return runs.flatMap(({ name, annotations }) =>
    annotations.map((annotation) => ({ ...annotation, check: name })),
  );
}
