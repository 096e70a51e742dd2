import { parse } from 'yaml';
import { resolveCommit } from '../api/repository-routes.ts';
import { readCommit } from '../git/commits.ts';
import { readTyped } from '../git/objects.ts';
import { entryAt, readTree } from '../git/trees.ts';
import { notFound, Refusal } from '../state/refusal.ts';
import type { Place } from '../state/site.ts';
import type { RepositoryActions, RunEvent, Workflow } from './nouns.ts';

const folder = '.github/workflows';
/** Of all inputs together, as GitHub counts them. */
const longestInputs = 65_535;

interface Input {
  readonly type?: string;
  readonly required?: boolean;
  readonly default?: unknown;
  readonly options?: readonly string[];
}

/** What a workflow file says, as far as it matters here. */
export interface WorkflowFile {
  readonly name: string;
  readonly runName: string | undefined;
  /** By event; null where it says nothing more. */
  readonly events: Readonly<Record<string, { readonly inputs?: Record<string, Input> } | null>>;
}

/** Actions of a repository; the part of the site's state that is made when it is asked for. */
export function actionsOf({ site, repository }: Place): RepositoryActions {
  const held = site.actions.get(repository.id);
  if (held) return held;
  const made = { workflows: new Map(), runs: new Map(), runner: undefined, listLag: 0 };
  site.actions.set(repository.id, made);
  return made;
}

/** The workflows of the default branch, which are the ones that can be dispatched. */
export async function listWorkflows(place: Place): Promise<readonly Workflow[]> {
  const { dir } = place.repository;
  const tree = await treeAt(place, place.repository.defaultBranch);
  const entry = tree === undefined ? undefined : await entryAt(dir, tree, folder);
  const files = (entry && (await readTree(dir, entry.sha))) ?? [];
  const paths = files
    .filter(({ name }) => /\.ya?ml$/.test(name))
    .map(({ name }) => `${folder}/${name}`);
  return Promise.all(paths.map((path) => workflowAt(place, path)));
}

async function workflowAt(place: Place, path: string): Promise<Workflow> {
  const { workflows } = actionsOf(place);
  const held = workflows.get(path);
  if (held) return held;
  const file = await readWorkflow(place, place.repository.defaultBranch, path);
  const { site } = place;
  const workflow = {
    id: site.nextId(),
    path,
    name: file?.name ?? path,
    createdAt: site.clock.now(),
    state: 'active' as const,
  };
  workflows.set(path, workflow);
  return workflow;
}

/** By its id or the name of its file. */
export async function findWorkflow(place: Place, name: string): Promise<Workflow> {
  const all = await listWorkflows(place);
  const found = all.find(({ id, path }) => String(id) === name || path === `${folder}/${name}`);
  if (!found) throw notFound();
  return found;
}

async function treeAt({ repository }: Place, ref: string): Promise<string | undefined> {
  const sha = await resolveCommit(repository, ref);
  return sha === undefined ? undefined : (await readCommit(repository.dir, sha))?.tree;
}

export async function readWorkflow(
  place: Place,
  ref: string,
  path: string,
): Promise<WorkflowFile | undefined> {
  const { dir } = place.repository;
  const tree = await treeAt(place, ref);
  const entry = tree === undefined ? undefined : await entryAt(dir, tree, path);
  const bytes = entry && (await readTyped(dir, entry.sha, 'blob'));
  return bytes && parseWorkflow(path, bytes.toString());
}

function parseWorkflow(path: string, text: string): WorkflowFile | undefined {
  // The core schema: `on` is a word, not a truth.
  const value = parse(text, { schema: 'core' }) as Record<string, unknown> | null;
  if (value === null || typeof value !== 'object') return undefined;
  const { on } = value;
  return {
    name: typeof value['name'] === 'string' ? value['name'] : path,
    runName: typeof value['run-name'] === 'string' ? value['run-name'] : undefined,
    events: readEvents(on),
  };
}

function readEvents(on: unknown): WorkflowFile['events'] {
  if (typeof on === 'string') return { [on]: null };
  if (Array.isArray(on)) {
    return Object.fromEntries((on as readonly string[]).map((event) => [event, null]));
  }
  return (on ?? {}) as WorkflowFile['events'];
}

/** Refuses a dispatch as GitHub does, or gives its inputs with the defaults filled in. */
export function checkInputs(
  file: WorkflowFile | undefined,
  event: RunEvent,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> {
  if (file?.events[event] === undefined) {
    throw new Refusal(422, `Workflow does not have '${event}' trigger`);
  }
  if (event === 'repository_dispatch') return {};
  const inputs = file.events[event]?.inputs ?? {};
  if (JSON.stringify(given).length > longestInputs) throw new Refusal(422, 'inputs are too large.');
  const unexpected = Object.keys(given).filter((name) => !(name in inputs));
  if (unexpected.length > 0) {
    throw new Refusal(422, `Unexpected inputs provided: ${JSON.stringify(unexpected)}`);
  }
  const pairs = Object.entries(inputs).map(([name, input]) => {
    return [name, inputValue(name, input, given[name])] as const;
  });
  return Object.fromEntries(pairs);
}

function inputValue(name: string, input: Input, given: unknown): string {
  const value = given ?? input.default;
  if (value === undefined || value === '') {
    if (input.required === true) throw new Refusal(422, `Required input '${name}' not provided`);
    return '';
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const allowed = input.type === 'boolean' ? ['true', 'false'] : input.options;
  if (allowed && !allowed.includes(text)) {
    const why = 'not in the list of allowed values';
    throw new Refusal(422, `Provided value '${text}' for input '${name}' ${why}`);
  }
  return text;
}
