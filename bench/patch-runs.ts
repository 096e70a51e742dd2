import { randomUUID } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Outcome, Target } from './patch-data.ts';
import { expectCode, measureProcess, node } from './process.ts';
import type { Measured } from './process.ts';

export interface PatchJob {
  readonly cacheDir: string;
  readonly components: readonly {
    readonly name: string;
    readonly url: string;
    /** Where the patch files are. */
    readonly folder: string;
    readonly targets: readonly Target[];
  }[];
}

/** What a process of its own says of one job. */
export interface PatchRun {
  /** Without the start of the process. */
  readonly ms: number;
  /** Spent on questions to histories, those of all sources added up. */
  readonly historyMs: number;
  /** By component, then by target. */
  readonly outcomes: readonly (readonly Outcome[])[];
}

export type MeasuredRun = Measured & PatchRun;

/** Tries queues in a new process. Its code was compiled by the run before, as `bin/pinwheel` has it. */
export async function runPatches(job: PatchJob, folder: string): Promise<MeasuredRun> {
  const file = join(folder, `job-${randomUUID()}.json`);
  await writeFile(file, JSON.stringify(job));
  const program = join(import.meta.dirname, 'patch-alone.ts');
  const env = { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compiled') };
  // As bin/pinwheel starts it.
  const flags = ['--max-semi-space-size=4'];
  const command = [node, ...flags, program, file];
  const measured = expectCode(await measureProcess(command, { env }), 0);
  return { ...measured, ...(JSON.parse(measured.stdout) as PatchRun) };
}

/** Lets the next run find the objects, and no verdict. */
export async function forgetVerdicts(cacheDir: string): Promise<void> {
  const names = await readdir(cacheDir);
  for (const name of names.filter((one) => one.startsWith('trials'))) {
    await rm(join(cacheDir, name), { recursive: true });
  }
}
