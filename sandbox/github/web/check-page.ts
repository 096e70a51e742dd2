import { html } from 'hono/html';
import { ageChecks } from '../acts/checks.ts';
import { fullNameOf } from '../state/nouns.ts';
import type { CheckRun, Repository } from '../state/nouns.ts';
import type { Place } from '../state/site.ts';
import { showRemark } from './diff.ts';
import { button } from './forms.ts';
import { live, page } from './layout.ts';
import { checkLook, checkMark, counted, markdown, shortSha, time } from './parts.ts';
import type { Html } from './parts.ts';

/** Of each App and name the newest run of a commit, by name. */
export function latestRuns(repository: Repository, sha: string): readonly CheckRun[] {
  const latest = new Map<string, CheckRun>();
  for (const run of repository.checks.values()) {
    if (run.headSha === sha) latest.set(`${run.app.id} ${run.name}`, run);
  }
  return [...latest.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function checkRows({ repository }: Place, runs: readonly CheckRun[]): Html {
  return html`<ul class="checks">
    ${runs.map(
      (run) =>
        html`<li>
          ${checkMark(run)}
          <a href="/${fullNameOf(repository)}/runs/${run.id}"><b>${run.name}</b></a>
          <span class="faint">${run.title ?? checkLook(run).word}</span>
        </li>`,
    )}
  </ul>`;
}

/** A check run with all that its App says. */
export function checkPage(place: Place, run: CheckRun): Html {
  ageChecks(place);
  const { repository } = place;
  return page({
    title: `${run.name} · ${checkLook(run).word}`,
    repository,
    tab: 'pulls',
    body: html`<h1>${run.name}</h1>
      ${live('check', checkBody(place, run))}`,
  });
}

function checkBody({ repository }: Place, run: CheckRun): Html {
  const { kind, word } = checkLook(run);
  const root = `/${fullNameOf(repository)}`;
  const to = `${root}/runs/${run.id}`;
  const ended = run.completedAt === null ? '' : html` · ${time(run.completedAt)}`;
  return html`<p class="sub">
      <span class="badge ${kind}">${word}</span> ${run.app.name} on
      <a href="${root}/commit/${run.headSha}"><code>${shortSha(run.headSha)}</code></a
      >${ended} ${pullLinks(repository, run)}
    </p>
    ${newerRun(repository, run)}
    <div class="row">
      ${button('Re-run', { to, fields: { do: 'rerequest' } })}
      ${run.actions.map(({ label, identifier }) =>
        button(label, { to, fields: { do: 'press', identifier } }),
      )}
    </div>
    <section class="box">
      <h2>${run.title ?? 'No output yet'}</h2>
      ${run.summary === null ? '' : markdown(run.summary)}
      ${run.text === null ? '' : markdown(run.text)}
    </section>
    ${annotationBox(run)}`;
}

/** A check that is begun again is another run of the same name. */
function newerRun(repository: Repository, run: CheckRun): Html | string {
  const newest = latestRuns(repository, run.headSha).find(
    ({ name, app }) => name === run.name && app === run.app,
  );
  if (!newest || newest === run) return '';
  return html`<p>
    There is a newer run of this check:
    <a href="/${fullNameOf(repository)}/runs/${newest.id}">${newest.title ?? newest.name}</a>
    ${checkMark(newest)}
  </p>`;
}

function pullLinks(repository: Repository, { headSha }: CheckRun): readonly Html[] {
  const found = [...repository.issues.values()].filter(({ pull }) => pull?.headSha === headSha);
  return found.map(
    ({ number }) => html` · <a href="/${fullNameOf(repository)}/pull/${number}">#${number}</a>`,
  );
}

function annotationBox(run: CheckRun): Html | string {
  const { annotations, name } = run;
  if (annotations.length === 0) return '';
  return html`<section class="box">
    <h2>${counted(annotations.length, 'annotation')}</h2>
    ${annotations.map((one) => showRemark({ ...one, check: name }))}
  </section>`;
}
