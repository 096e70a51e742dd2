import { html } from 'hono/html';
import { jobsOf } from '../actions/nouns.ts';
import type { WorkflowJob, WorkflowRun } from '../actions/nouns.ts';
import { actionsOf } from '../actions/workflows.ts';
import { fullNameOf } from '../state/nouns.ts';
import type { Repository } from '../state/nouns.ts';
import type { Place } from '../state/site.ts';
import { live, page } from './layout.ts';
import { checkLook, checkMark, counted, shortSha, time } from './parts.ts';
import type { Html } from './parts.ts';

/** A run or a job shows its state as a check does. */
type Stated = Pick<WorkflowRun, 'status' | 'conclusion'>;

function rootOf(repository: Repository): string {
  return `/${fullNameOf(repository)}/actions`;
}

/** Workflow runs, newest first. */
export function actionsPage(place: Place): Html {
  const { repository } = place;
  const runs = [...actionsOf(place).runs.values()].reverse();
  return page({
    title: `Actions · ${fullNameOf(repository)}`,
    repository,
    tab: 'actions',
    body: html`<h1>Actions</h1>
      ${live(
        'runs',
        html`${runs.length === 0 ? html`<p class="faint">Nothing was run yet.</p>` : ''}
          <ul class="list">
            ${runs.map(
              (run) =>
                html`<li>
                  <p>
                    ${checkMark(run)}
                    <a href="${rootOf(repository)}/runs/${run.id}"><b>${run.title}</b></a>
                  </p>
                  <p class="faint">
                    ${run.workflow.name} #${run.number} · ${counted(jobsOf(run).length, 'job')} ·
                    ${time(run.createdAt)} · asked for by ${run.actor.login}
                  </p>
                </li>`,
            )}
          </ul>`,
      )}`,
  });
}

/** A run with what it was told, and its jobs. */
export function runPage(place: Place, run: WorkflowRun): Html {
  const { repository } = place;
  const jobs = jobsOf(run);
  return page({
    title: `${run.title} · ${checkLook(run).word}`,
    repository,
    tab: 'actions',
    body: html`<h1>${run.title} <span class="faint">#${run.number}</span></h1>
      ${live(
        'run',
        html`<p class="sub">
            ${stateBadge(run)} ${run.workflow.path} of <code>${run.branch}</code> at
            <code>${shortSha(run.sha)}</code>, asked for by ${run.actor.login},
            ${time(run.createdAt)}${
              run.attempts.length > 1 ? html`, attempt ${run.attempts.length}` : ''
            }
          </p>
          <section class="box">
            <h2>${counted(jobs.length, 'job')}</h2>
            <ul class="checks">
              ${jobs.map((job) => jobRow(repository, run, job))}
            </ul>
          </section>`,
      )}
      <section class="box">
        <h2>Inputs</h2>
        <dl class="inputs">
          ${Object.entries(run.inputs).map(
            ([name, value]) =>
              html`<dt>${name}</dt>
                <dd><code>${value}</code></dd>`,
          )}
        </dl>
      </section>`,
  });
}

function stateBadge(one: Stated): Html {
  const { kind, word } = checkLook(one);
  return html`<span class="badge ${kind}">${word}</span>`;
}

function jobRow(repository: Repository, run: WorkflowRun, job: WorkflowJob): Html {
  const href = `${rootOf(repository)}/runs/${run.id}/job/${job.id}`;
  return html`<li>
    ${checkMark(job)} <a href="${href}"><b>${job.name}</b></a>
    <span class="faint">${checkLook(job).word} ${secondsOf(job)}</span>
  </li>`;
}

function secondsOf({ startedAt, completedAt }: WorkflowJob): string {
  if (startedAt === null || completedAt === null) return '';
  return `in ${Math.round((completedAt - startedAt) / 1000)} s`;
}

/** A job and its log, line by line. */
export function jobPage(place: Place, run: WorkflowRun, job: WorkflowJob): Html {
  const { repository } = place;
  const back = `${rootOf(repository)}/runs/${run.id}`;
  return page({
    title: `${job.name} · ${checkLook(job).word}`,
    repository,
    tab: 'actions',
    body: html`<h1>${job.name}</h1>
      ${live(
        'job',
        html`<p class="sub">
            ${stateBadge(job)} job of <a href="${back}">${run.title}</a> ${secondsOf(job)}
          </p>
          ${
            job.status === 'completed'
              ? logTable(job.script.log ?? '')
              : html`<p class="faint">The log is there when the job has ended.</p>`
          }`,
      )}`,
  });
}

const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*[A-Za-z]`, 'g');

function logTable(log: string): Html {
  const lines = log.replace(escapes, '').split('\n');
  if (lines.at(-1) === '') lines.pop();
  if (lines.length === 0) return html`<p class="faint">It printed nothing.</p>`;
  return html`<div class="file scroll">
    <table class="diff">
      ${lines.map(
        (line, index) =>
          html`<tr id="step:1:${index + 1}">
            <td class="number">${index + 1}</td>
            <td class="line">${line.replace(/^\d{4}-\d\d-\d\dT\S+Z /, '')}</td>
          </tr>`,
      )}
    </table>
  </div>`;
}
