import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import type { WorkflowRun } from '../actions/nouns.ts';
import { actionsOf } from '../actions/workflows.ts';
import { resolveCommit } from '../api/repository-routes.ts';
import type { NodeContext } from '../api/world.ts';
import { readCommit } from '../git/commits.ts';
import { readTyped } from '../git/objects.ts';
import { entryAt } from '../git/trees.ts';
import { fullNameOf, isPull } from '../state/nouns.ts';
import type { CheckRun, Issue } from '../state/nouns.ts';
import { notFound } from '../state/refusal.ts';
import { findRepository } from '../state/site.ts';
import type { Place, Site } from '../state/site.ts';
import { actionsPage, jobPage, runPage } from './actions-page.ts';
import { checkPage } from './check-page.ts';
import { codePage, comparePage } from './code-page.ts';
import { doOnCheck, doOnIssue, readForm, viewerOf } from './deeds.ts';
import type { Html } from './parts.ts';
import { pullPage } from './pull-page.ts';
import type { PullTab } from './pull-page.ts';
import { commitPage, issueListPage, issuePage, repositoryPage } from './repository-page.ts';

type Pages = Hono<{ Bindings: HttpBindings }>;

/** The pages of a repository; what its forms do is done by somebody who may. */
export function repositoryPages(site: Site): Pages {
  const app: Pages = new Hono();
  function placeOf(context: NodeContext): Place {
    const name = `${context.req.param('owner') ?? ''}/${context.req.param('repo') ?? ''}`;
    const repository = findRepository(site, name);
    if (!repository) throw notFound();
    return { site, repository };
  }
  talkPages(app, placeOf);
  codePages(app, placeOf);
  checkPages(app, placeOf);
  actionsPages(app, placeOf);
  return app;
}

type PlaceOf = (context: NodeContext) => Place;

function talkPages(app: Pages, placeOf: PlaceOf): void {
  for (const kind of ['pulls', 'issues'] as const) {
    app.get(`/:owner/:repo/${kind}`, (context) => {
      const state = context.req.query('state') ?? 'open';
      return context.html(issueListPage(placeOf(context), kind, state));
    });
  }
  app.get('/:owner/:repo/issues/:number{[0-9]+}', (context) => {
    const place = placeOf(context);
    const issue = issueOf(place, context);
    const path = `/${fullNameOf(place.repository)}/pull/${issue.number}`;
    return issue.pull ? context.redirect(path) : context.html(issuePage(place, issue));
  });
  app.get('/:owner/:repo/pull/:number{[0-9]+}/:tab{commits|checks|files}?', async (context) => {
    const place = placeOf(context);
    const issue = issueOf(place, context);
    if (!isPull(issue)) throw notFound();
    const tab = (context.req.param('tab') ?? 'talk') as PullTab;
    return context.html(await pullPage(place, issue, tab));
  });
  app.post('/:owner/:repo/:kind{issues|pull}/:number{[0-9]+}', async (context) => {
    const place = placeOf(context);
    const issue = issueOf(place, context);
    await doOnIssue(viewerOf(place.site, place.repository), issue, await readForm(context));
    return context.redirect(new URL(context.req.url).pathname);
  });
}

function issueOf({ repository }: Place, context: NodeContext): Issue {
  const issue = repository.issues.get(Number(context.req.param('number')));
  if (!issue) throw notFound();
  return issue;
}

function codePages(app: Pages, placeOf: PlaceOf): void {
  app.get('/:owner/:repo', async (context) => {
    return context.html(await repositoryPage(placeOf(context)));
  });
  app.get('/:owner/:repo/commit/:sha', async (context) => {
    return context.html(orNothing(await commitPage(placeOf(context), context.req.param('sha'))));
  });
  app.get('/:owner/:repo/:kind{blob|tree}/:path{.+}', async (context) => {
    return context.html(orNothing(await codePage(placeOf(context), context.req.param('path'))));
  });
  app.get('/:owner/:repo/compare/:range{.+}', async (context) => {
    return context.html(orNothing(await comparePage(placeOf(context), context.req.param('range'))));
  });
  app.get('/:owner/:repo/raw/:ref/:path{.+}', async (context) => {
    const { repository } = placeOf(context);
    const sha = await resolveCommit(repository, context.req.param('ref'));
    const commit = sha === undefined ? undefined : await readCommit(repository.dir, sha);
    const entry = commit && (await entryAt(repository.dir, commit.tree, context.req.param('path')));
    const bytes = entry && (await readTyped(repository.dir, entry.sha, 'blob'));
    if (!bytes) throw notFound();
    const headers = {
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
    };
    return context.body(new Uint8Array(bytes), 200, headers);
  });
}

function orNothing(found: Html | undefined): Html {
  if (found === undefined) throw notFound();
  return found;
}

function checkPages(app: Pages, placeOf: PlaceOf): void {
  app.get('/:owner/:repo/runs/:id{[0-9]+}', (context) => {
    const place = placeOf(context);
    return context.html(checkPage(place, runOf(place, context)));
  });
  app.post('/:owner/:repo/runs/:id{[0-9]+}', async (context) => {
    const place = placeOf(context);
    const { id } = runOf(place, context);
    await doOnCheck(viewerOf(place.site, place.repository), id, await readForm(context));
    return context.redirect(new URL(context.req.url).pathname);
  });
}

function runOf({ repository }: Place, context: NodeContext): CheckRun {
  const run = repository.checks.get(Number(context.req.param('id')));
  if (!run) throw notFound();
  return run;
}

function actionsPages(app: Pages, placeOf: PlaceOf): void {
  app.get('/:owner/:repo/actions', (context) => context.html(actionsPage(placeOf(context))));
  app.get('/:owner/:repo/actions/runs/:run{[0-9]+}', (context) => {
    const place = placeOf(context);
    return context.html(runPage(place, workflowRunOf(place, context)));
  });
  app.get('/:owner/:repo/actions/runs/:run{[0-9]+}/job/:job{[0-9]+}', (context) => {
    const place = placeOf(context);
    const run = workflowRunOf(place, context);
    const id = Number(context.req.param('job'));
    const job = run.attempts.flat().find((one) => one.id === id);
    if (!job) throw notFound();
    return context.html(jobPage(place, run, job));
  });
}

function workflowRunOf(place: Place, context: NodeContext): WorkflowRun {
  const run = actionsOf(place).runs.get(Number(context.req.param('run')));
  if (!run) throw notFound();
  return run;
}
