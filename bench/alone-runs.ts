import { join } from 'node:path';
import { expectCode, measureProcess, node } from './process.ts';
import type { Measured } from './process.ts';

/** What `alone.ts` can do in a process of its own. */
export type Workload = 'nothing' | 'refs' | 'constraints' | 'plan';

export interface AloneRun extends Measured {
  /** Of the first call, without what it works on and without the start of the process. */
  readonly firstMs: number;
}

/** Runs a workload in a new process. */
export async function runAlone(workload: Workload, ...args: readonly string[]): Promise<AloneRun> {
  const file = join(import.meta.dirname, 'alone.ts');
  const measured = expectCode(await measureProcess([node, file, workload, ...args]), 0);
  return { ...measured, firstMs: Number(measured.stdout) };
}
