import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { forkReplay } from '../sandbox/replay-process.ts';
import { runAlone } from './alone-runs.ts';
import { generateRepository, writeSnapshot } from './generated-repository.ts';
import { size } from './plan.ts';
import { expectCode, measureProcess, project } from './process.ts';
import type { Measured } from './process.ts';
import { recordSweep } from './refs.ts';
import { quietEnvironment } from './renovate.ts';
import { progress } from './report.ts';
import type { Benchmark, Report } from './report.ts';
import { median } from './statistics.ts';
import { repositoryNames } from './sweep.ts';
import { makePlace, pinwheelUpdate } from './update.ts';
import { withFolder, withUpstreams } from './upstreams.ts';

export const memory: Benchmark = {
  name: 'memory',
  about: 'peak memory of each of the others as a process of its own',
  run: () => withUpstreams((root) => withFolder((folder) => run(root, folder))),
};

const rounds = 3;
const goalMb = 150;

async function run(root: string, folder: string): Promise<Report> {
  const planned = join(folder, 'large-repository');
  await writeSnapshot(planned, await generateRepository(size));
  const names = repositoryNames(400);
  const sweep = await forkReplay({ recording: await recordSweep(root, folder), names });
  const place = await makePlace(root, folder, false);
  const { repository, server } = place;
  const kept = join(folder, 'kept');
  await pinwheelUpdate({ repository, url: server.url, cache: kept });
  const runs: readonly (readonly [string, () => Promise<Measured>])[] = [
    ['floor: Node with next to no TypeScript', () => runAlone('nothing')],
    ['refs: 400 repositories, 32 at once', () => runAlone('refs', sweep.url, folder, '400')],
    [
      'pinwheel update, cold',
      () => pinwheelUpdate({ repository, url: server.url, cache: join(folder, randomUUID()) }),
    ],
    ['pinwheel update, warm', () => pinwheelUpdate({ repository, url: server.url, cache: kept })],
    ['constraints', () => runAlone('constraints')],
    [`plan: ${size.services} services x ${size.series} series`, () => runAlone('plan')],
    ['pinwheel plan --all of the same', () => pinwheelPlan(planned, folder)],
  ];
  const rows = [];
  for (const [what, measure] of runs) {
    progress(`memory: ${what}`);
    const measured: Measured[] = [];
    for (let round = 0; round < rounds; round += 1) measured.push(await measure());
    rows.push({
      what,
      'peak MB': median(measured.map(({ peakMb }) => peakMb)),
      'wall ms': median(measured.map(({ wallMs }) => wallMs)),
      'CPU ms': median(measured.map(({ cpuMs }) => cpuMs)),
    });
  }
  await Promise.all([sweep.close(), server.close()]);
  return {
    title: 'memory: whole processes',
    rows,
    goals: rows.map((row) => ({
      what: `${row.what}: MB`,
      measured: row['peak MB'],
      atMost: goalMb,
    })),
    notes: [
      `medians of ${rounds}; memory is that of the Node process, whatever git takes beside it`,
    ],
  };
}

/** All locks of the repository are fresh, so that nobody is asked. */
async function pinwheelPlan(repository: string, home: string): Promise<Measured> {
  const command = [join(project, 'bin/pinwheel'), '--repo', repository, '--json', 'plan', '--all'];
  return expectCode(await measureProcess(command, { env: quietEnvironment(home) }), 0);
}
