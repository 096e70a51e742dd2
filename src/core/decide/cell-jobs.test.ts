import { describe, expect, it } from 'vitest';
import { runJob } from '../../../test/support/builds.ts';
import type { RunJob } from '../model/build.ts';
import { cellOfJobs, jobsByCell } from './cell-jobs.ts';

const done = { status: 'completed', conclusion: 'success' } as const;
const failed = { status: 'completed', conclusion: 'failure' } as const;
const amd64 = 'publish (0) / nova/2025.2 amd64';
const arm64 = 'publish (0) / nova/2025.2 arm64';
const tag = 'publish (0) / tag nova/2025.2';

function stateOf(
  jobs: readonly RunJob[],
  options = { publish: true, ended: false },
): string | undefined {
  return cellOfJobs(jobsByCell(jobs).get('nova/2025.2') ?? [], options)?.state;
}

describe('jobs of a cell', () => {
  it('are those of its platforms, and the one that gives it its tags', () => {
    const names = [amd64, arm64, tag, 'plan', 'nova/2025.1', 'gate', 'a / b / glance/2025.2'];
    const found = jobsByCell(names.map((name) => runJob(name)));
    expect([...found].map(([name, jobs]) => [name, jobs.length])).toEqual([
      ['nova/2025.2', 3],
      ['nova/2025.1', 1],
      ['glance/2025.2', 1],
    ]);
  });

  it('are over when the last of them is', () => {
    const one = runJob(amd64, { ...done, startedAt: 5, endedAt: 9 });
    const two = runJob(arm64, { ...done, startedAt: 3, endedAt: 12 });
    expect(stateOf([one, runJob(arm64, { status: 'queued' })])).toBe('running');
    expect(stateOf([one, two], { publish: false, ended: false })).toBe('success');
    const cell = cellOfJobs(jobsByCell([one, two]).get('nova/2025.2') ?? [], {
      ...{ publish: false, ended: false },
    });
    expect(cell).toMatchObject({ startedAt: 3, endedAt: 12, platform: 'arm64' });
  });

  it('are not over before an image that is published has its tags', () => {
    const built = [runJob(amd64, done), runJob(arm64, done)];
    expect(stateOf(built)).toBe('running');
    expect(stateOf([...built, runJob(tag, done)])).toBe('success');
    expect(stateOf([...built, runJob(tag, failed)])).toBe('failure');
    expect(stateOf(built, { publish: true, ended: true })).toBe('skipped');
  });

  it('are looked at where the first thing went wrong: not at the tag, but at the platform', () => {
    const jobs = [runJob(tag, { ...failed, id: 1 }), runJob(amd64, done), runJob(arm64, failed)];
    const cell = cellOfJobs(jobsByCell(jobs).get('nova/2025.2') ?? [], {
      ...{ publish: true, ended: true },
    });
    expect(cell).toMatchObject({ state: 'failure', platform: 'arm64', job: { id: 70 } });
    const waiting = runJob(tag, { status: 'queued' });
    expect(stateOf([waiting, runJob(amd64, done), runJob(arm64, failed)])).toBe('failure');
  });

  it('have the attempt of the newest of them', () => {
    const jobs = [runJob(amd64, done), runJob(arm64, { attempt: 2 })];
    const cell = cellOfJobs(jobsByCell(jobs).get('nova/2025.2') ?? [], {
      ...{ publish: false, ended: false },
    });
    expect(cell).toMatchObject({ state: 'running', attempt: 2 });
  });
});
