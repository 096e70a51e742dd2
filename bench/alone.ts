/** `node bench/alone.ts WORKLOAD ARG…`: does one thing once, and prints the milliseconds that it took. */
import type { Workload } from './alone-runs.ts';
import { timed } from './statistics.ts';

/** Imports what a workload needs and no more, for its memory is measured. */
async function prepare(workload: Workload, args: readonly string[]): Promise<() => unknown> {
  switch (workload) {
    case 'nothing':
      return () => undefined;
    case 'refs': {
      const { sweepOnce } = await import('./sweep.ts');
      const [url = '', cacheDir = '', repositories = '0'] = args;
      return () => sweepOnce({ url, cacheDir, concurrency: 32 }, Number(repositories));
    }
    case 'constraints': {
      const { parseAndDiff, twoTexts } = await import('./constraints.ts');
      const texts = twoTexts();
      return () => parseAndDiff(texts);
    }
    case 'plan': {
      const { generateRepository } = await import('./generated-repository.ts');
      const { planAll, size } = await import('./plan.ts');
      const snapshot = await generateRepository(size);
      return () => planAll(snapshot);
    }
  }
}

const [workload = 'nothing', ...args] = process.argv.slice(2);
const work = await prepare(workload as Workload, args);
process.stdout.write(`${await timed(work)}\n`);
