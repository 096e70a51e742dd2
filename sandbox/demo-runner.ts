import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Runner, RunnerTask, ScriptedJob } from './github/actions/nouns.ts';

/*
 * Plays .github/workflows/build-images.yaml and the two workflows that it calls: the same jobs under the
 * same names, with the result files that the bot reads, and nothing built.
 */

/** What goes wrong, and how long things take. */
export interface BuildScript {
  /** Of the quickest image, in seconds; the others take up to three times as long. */
  readonly seconds: number;
  readonly failures: readonly CellFailure[];
}

interface CellFailure {
  /** `nova/2025.2` */
  readonly cell: string;
  /** It fails in runs that build this cell, too: when all is built, and not when it is asked for alone. */
  readonly beside: string;
  /** Only at the first attempt of a run. */
  readonly once?: true;
  /** Name of a file in `test/logs`: what real tools print. */
  readonly log: string;
}

interface ToldCell {
  readonly service: string;
  readonly series: string;
  readonly version: string;
  readonly digest: string;
}

const platforms = ['amd64', 'arm64'] as const;
const bases = platforms.map((arch) => `bases (${arch}, ubuntu-24.04${armOnly(arch)})`);

function armOnly(arch: string): string {
  return arch === 'arm64' ? '-arm' : '';
}

export function makeRunner(script: BuildScript): Runner {
  return (task) => {
    const cells = JSON.parse(task.inputs['cells'] ?? '[]') as readonly ToldCell[];
    const isPublished = task.inputs['publish'] === 'true';
    const jobs = cells.flatMap((cell, index) =>
      (isPublished ? publishJobs : tryJobs)({ cell, index, cells, script, run: task }),
    );
    return [
      { name: 'plan', seconds: script.seconds / 4, log: planLog(task, cells) },
      ...bases.map((name) => ({ name, needs: ['plan'], seconds: script.seconds / 4 })),
      ...jobs,
      { name: 'gate', always: true, needs: ['plan', ...bases, ...jobs.map(({ name }) => name)] },
    ];
  };
}

interface CellTask {
  readonly cell: ToldCell;
  readonly index: number;
  readonly cells: readonly ToldCell[];
  readonly script: BuildScript;
  readonly run: RunnerTask;
}

function tryJobs(task: CellTask): readonly ScriptedJob[] {
  return platforms.map((arch) => ({
    ...buildJob(task, 'try', arch),
    artifacts: { [`${artifactOf(task)}-${arch}`]: resultFile(task, []) },
  }));
}

/** By digest first, and with a name only when both platforms are there. */
function publishJobs(task: CellTask): readonly ScriptedJob[] {
  const builds = platforms.map((arch) => buildJob(task, 'publish', arch));
  const { version, series } = task.cell;
  const tags = [`${version}-p0-${series}-${task.run.sha.slice(0, 8)}`, series];
  return [
    ...builds,
    {
      name: `publish (1) / tag ${nameOf(task.cell)}`,
      needs: builds.map(({ name }) => name),
      seconds: task.script.seconds / 4,
      artifacts: { [artifactOf(task)]: resultFile(task, tags) },
    },
  ];
}

function buildJob(task: CellTask, caller: string, arch: string): ScriptedJob {
  const { cell, index, cells, script, run } = task;
  const name = nameOf(cell);
  const names = cells.map(nameOf);
  const failure = script.failures.find(
    (one) => one.cell === name && names.includes(one.beside) && !(one.once && run.attempt > 1),
  );
  const isBad = failure !== undefined && arch === 'amd64';
  return {
    name: `${caller} (1) / ${name} ${arch}`,
    needs: bases,
    // Some are done sooner than others, always the same ones.
    seconds: script.seconds * (1 + ((index * 5 + (arch === 'arm64' ? 3 : 0)) % 9) / 4.5),
    ...(isBad && { conclusion: 'failure' as const }),
    log: isBad ? failedLog(failure.log) : buildLog(cell, arch),
  };
}

function nameOf({ service, series }: ToldCell): string {
  return `${service}/${series}`;
}

function artifactOf({ cell: { service, series } }: CellTask): string {
  return `result-${service}-${series}`;
}

function resultFile({ cell }: CellTask, tags: readonly string[]): Readonly<Record<string, string>> {
  const { service, series, version, digest } = cell;
  const image = tags.length > 0 ? { image: digest.replace(/^v1:/, '') } : {};
  const result = { service, series, version, digest, ...image, tags, packages: [] };
  return { 'result.json': `${JSON.stringify(result)}\n` };
}

function planLog({ inputs }: RunnerTask, cells: readonly ToldCell[]): string {
  const lines = cells.map((cell) => `${nameOf(cell)}: asked for`);
  const publish = inputs['publish'] ?? 'false';
  return [...lines, `${cells.length} cells; publish: ${publish}`, ''].join('\n');
}

function buildLog(cell: ToldCell, arch: string): string {
  return `Nothing was built: ${nameOf(cell)} ${cell.version} for ${arch} is only played here.\n`;
}

function failedLog(name: string): string {
  return readFileSync(join(import.meta.dirname, '..', 'test', 'logs', name), 'utf8');
}
