import { ensureLabel, makeLabel, touch } from '../acts/issues.ts';
import { addLabels, removeLabel } from '../acts/pull-talk.ts';
import { showIssueLabels } from '../show/issues.ts';
import { showLabel } from '../show/repositories.ts';
import { isPull } from '../state/nouns.ts';
import type { Issue } from '../state/nouns.ts';
import { notFound } from '../state/refusal.ts';
import type { Scene } from '../state/site.ts';
import { created, numberOf, ok } from './call.ts';
import type { Answer, Need, RepositoryCall, RepositoryRoutes } from './call.ts';
import { listAnswer } from './pages.ts';

/** Brings the labels of an issue to these, one event for each that comes or goes. */
export async function setLabels(
  scene: Scene,
  issue: Issue,
  names: readonly string[],
): Promise<void> {
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  for (const name of [...issue.labels]) {
    if (!wanted.has(name.toLowerCase())) await takeLabel(scene, issue, name);
  }
  await giveLabels(scene, issue, names);
}

async function giveLabels(scene: Scene, issue: Issue, names: readonly string[]): Promise<void> {
  if (isPull(issue)) await addLabels(scene, issue, names);
  else for (const name of names) issue.labels.add(ensureLabel(scene, name).name);
  touch(scene, issue);
}

async function takeLabel(scene: Scene, issue: Issue, name: string): Promise<void> {
  if (isPull(issue)) await removeLabel(scene, issue, name);
  else issue.labels.delete(name);
}

function issueOf(call: RepositoryCall): Issue {
  const issue = call.repository.issues.get(numberOf(call, 'issue_number'));
  if (!issue) throw notFound();
  return issue;
}

/** The body is a list, or an object with one. */
function namesIn(body: unknown): readonly string[] {
  const { labels = [] } = (Array.isArray(body) ? { labels: body } : (body ?? {})) as {
    readonly labels?: readonly (string | { readonly name: string })[];
  };
  return labels.map((one) => (typeof one === 'string' ? one : one.name));
}

async function add(call: RepositoryCall): Promise<Answer> {
  const issue = issueOf(call);
  await giveLabels(call.scene, issue, namesIn(call.body));
  return ok(showIssueLabels(call, issue));
}

async function set(call: RepositoryCall): Promise<Answer> {
  const issue = issueOf(call);
  await setLabels(call.scene, issue, namesIn(call.body));
  return ok(showIssueLabels(call, issue));
}

async function remove(call: RepositoryCall): Promise<Answer> {
  const issue = issueOf(call);
  await takeLabel(call.scene, issue, call.params['name'] ?? '');
  return ok(showIssueLabels(call, issue));
}

function create(call: RepositoryCall): Answer {
  const fields = call.body as { readonly name: string; readonly color?: string };
  return created(showLabel(call, makeLabel(call.scene, fields)));
}

function get(call: RepositoryCall): Answer {
  const label = call.repository.labels.get((call.params['name'] ?? '').toLowerCase());
  if (!label) throw notFound();
  return ok(showLabel(call, label));
}

const reads: readonly Need[] = ['issues:read', 'pull_requests:read'];
const writes: readonly Need[] = ['issues:write', 'pull_requests:write'];
const ofIssue = '/repos/{owner}/{repo}/issues/{issue_number}/labels';
export const labelRoutes: RepositoryRoutes = {
  [`GET ${ofIssue}`]: {
    needs: reads,
    answer: (call) => listAnswer(call, showIssueLabels(call, issueOf(call)), (one) => one),
  },
  [`POST ${ofIssue}`]: { needs: writes, answer: add },
  [`PUT ${ofIssue}`]: { needs: writes, answer: set },
  [`DELETE ${ofIssue}/{name}`]: { needs: writes, answer: remove },
  'GET /repos/{owner}/{repo}/labels': {
    needs: reads,
    answer: (call) =>
      listAnswer(call, [...call.repository.labels.values()], (one) => showLabel(call, one)),
  },
  'POST /repos/{owner}/{repo}/labels': { needs: writes, answer: create },
  'GET /repos/{owner}/{repo}/labels/{name}': { needs: reads, answer: get },
};
