import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';

export interface Step {
  readonly name?: string;
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string | boolean | number>>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface WorkflowJob {
  readonly name?: string;
  readonly if?: string;
  readonly needs?: string | readonly string[];
  readonly uses?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: unknown };
  readonly steps?: readonly Step[];
}

interface Input {
  readonly required?: boolean;
  readonly options?: readonly string[];
}

export interface Workflow {
  readonly name: string;
  readonly 'run-name': string;
  readonly on: { readonly workflow_dispatch: { readonly inputs: Readonly<Record<string, Input>> } };
  readonly concurrency?: { readonly group: string; readonly 'cancel-in-progress': string };
  readonly permissions?: unknown;
  readonly jobs: Readonly<Record<string, WorkflowJob>>;
}

const project = join(import.meta.dirname, '../..');

/** Every workflow of this repository, by file name. */
export function workflows(): ReadonlyMap<string, Workflow> {
  const folder = join(project, '.github/workflows');
  const names = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
  return new Map(names.map((name) => [name, read(join(folder, name)) as Workflow]));
}

/** The steps of a composite action of this repository. */
export function actionSteps(name: string): readonly Step[] {
  const file = join(project, '.github/actions', name, 'action.yml');
  return (read(file) as { readonly runs: { readonly steps: readonly Step[] } }).runs.steps;
}

export function workflowTexts(): readonly (readonly [string, string])[] {
  const files = readdirSync(join(project, '.github'), { recursive: true, encoding: 'utf8' });
  return files
    .filter((path) => /(^workflows\/|action\.yml$)/.test(path))
    .filter((path) => /\.ya?ml$/.test(path))
    .map((path) => [path, readFileSync(join(project, '.github', path), 'utf8')]);
}

/** A job with the steps of the actions of this repository in place of their calls. */
export function allSteps(job: WorkflowJob): readonly Step[] {
  return (job.steps ?? []).flatMap((step) => {
    const own = /\.github\/actions\/([\w-]+)$/.exec(step.uses ?? '')?.[1];
    return own === undefined ? [step] : [step, ...actionSteps(own)];
  });
}

/** The workflow that a job calls. */
export function calledWorkflow(job: WorkflowJob): Workflow | undefined {
  return job.uses === undefined ? undefined : workflows().get(basename(job.uses));
}

export function needsOf(job: WorkflowJob): readonly string[] {
  return typeof job.needs === 'string' ? [job.needs] : (job.needs ?? []);
}

function read(file: string): unknown {
  return parse(readFileSync(file, 'utf8'));
}
