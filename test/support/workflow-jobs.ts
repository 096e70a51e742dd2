import { calledWorkflow, needsOf, workflows } from '../images/workflow-files.ts';
import type { WorkflowJob } from '../images/workflow-files.ts';

/** A job that build-images.yaml has for a cell, with the names that its files give. */
export interface CellJob {
  readonly name: string;
  /** Jobs of the same cell that come before. */
  readonly needs: readonly string[];
  readonly artifacts: readonly string[];
}

interface Named {
  readonly service: string;
  readonly series: string;
}

/** All jobs of a cell, in the order that they run. */
export function jobsOfCell(cell: Named, publish: boolean): readonly CellJob[] {
  const caller = workflows().get('build-images.yaml')?.jobs[publish ? 'publish' : 'try'];
  const called = (caller && calledWorkflow(caller)?.jobs) ?? {};
  const before = filled(caller?.name ?? '', { 'matrix.shard.index': '0' });
  const named = Object.entries(called).flatMap(([id, job]) =>
    valuesOf(cell, job).map((values) => {
      const uploads = (job.steps ?? []).filter(({ uses }) => uses?.includes('/upload-artifact@'));
      const artifacts = uploads.map((step) => filled(String(step.with?.['name']), values));
      return { id, job, artifacts, name: `${before} / ${filled(job.name ?? id, values)}` };
    }),
  );
  return named.map(({ name, job, artifacts }) => {
    const needs = named.filter(({ id }) => needsOf(job).includes(id)).map((one) => one.name);
    return { name, needs, artifacts };
  });
}

type Values = Readonly<Record<string, string>>;

function valuesOf({ service, series }: Named, { strategy }: WorkflowJob): readonly Values[] {
  const { arch = [''] } = strategy?.matrix as { readonly arch?: readonly string[] };
  return arch.map((one) => ({
    'matrix.cell.service': service,
    'matrix.cell.series': series,
    'matrix.arch': one,
  }));
}

/** A text of a workflow with its expressions worked out. */
function filled(text: string, values: Values): string {
  return text.replace(/\$\{\{ (.*?) \}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`${name}: nobody knows its value`);
    return value;
  });
}
