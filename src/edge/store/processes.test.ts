import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { storeProcess } from '../../../test/support/spoken-process.ts';
import type { SpokenProcess } from '../../../test/support/spoken-process.ts';
import { useStore } from '../../../test/support/store.ts';
import { sweep } from '../../../test/support/sweep.ts';

const used = useStore();

function startWorker(): SpokenProcess {
  const worker = storeProcess('work', { databaseUrl: used.url });
  onTestFinished(() => worker.kill());
  return worker;
}

test('two processes share the work; one is killed, one is told to stop, and nothing is lost', async () => {
  const workers = [startWorker(), startWorker()] as const;
  await Promise.all(workers.map((worker) => worker.until('ready')));
  const names = Array.from({ length: 150 }, (_, at) => `n${at}`);
  await Promise.all(names.map((name) => used.store.enqueue(sweep(name))));
  await Promise.all(workers.map((worker) => worker.until('ended', 10)));
  await workers[0].kill();
  while ((await used.store.countJobs()).length > 0) await sleep(50);
  await workers[1].kill('SIGTERM');
  expect(workers[1].said.at(-1)?.word).toBe('stopped');
  const all = workers.flatMap(({ said }) => said);
  const finished = all.filter(({ word }) => word === 'end').map(({ key }) => key);
  expect(new Set(finished)).toEqual(new Set(names));
  // No more than what was under way in the killed one was run again.
  const begun = all.filter(({ word }) => word === 'begin').length;
  expect(begun - names.length).toBeLessThanOrEqual(3);
});
