import { describe, expect, it } from 'vitest';
import { runJob } from '../../../test/support/builds.ts';
import type { RunJob } from '../model/build.ts';
import { jobOfCell } from './cell-jobs.ts';

const cell = { service: 'nova', series: '2025.2' };
const done = { status: 'completed', conclusion: 'success' } as const;
const failed = { status: 'completed', conclusion: 'failure' } as const;

function job(name: string, change: Partial<RunJob> = {}): RunJob {
  return runJob(name, { id: name.length, ...change });
}

function stands(publish: boolean, ...jobs: readonly RunJob[]): RunJob | undefined {
  return jobOfCell({ cell, publish }, jobs);
}

const amd = 'try 0 / nova/2025.2 amd64';
const arm = 'try 0 / nova/2025.2 arm64';
const tag = 'publish 0 / tag nova/2025.2';

describe('the job of a cell', () => {
  it('is the one that has its name, in the workflow or in one that it calls', () => {
    for (const name of ['nova/2025.2', 'try / nova/2025.2']) {
      expect(stands(true, job('plan'), job(name, done))).toEqual(job(name, done));
    }
  });

  it('is none of a cell with another name', () => {
    const others = ['nova/2025.2.1', 'xnova/2025.2 amd64', 'tag nova/2025.1', 'nova/2025.2 a b'];
    expect(stands(false, ...others.map((name) => job(name)))).toBeUndefined();
  });

  it.each([
    ['queued', 'queued', { status: 'queued' }, { status: 'queued' }],
    ['in_progress', 'in_progress', { status: 'queued' }, {}],
    ['in_progress', 'half built', { status: 'queued' }, done],
    ['in_progress', 'half failed', failed, {}],
    ['completed', 'built', done, done],
  ] as const)('is %s where its platforms are %s', (...[status, , one, other]) => {
    expect(stands(false, job(amd, one), job(arm, other))?.status).toBe(status);
  });

  it('began with the first of its platforms and ended with the last', () => {
    const jobs = [
      job(amd, { ...done, startedAt: 5, endedAt: 70 }),
      job(arm, { ...done, startedAt: 9, endedAt: 60 }),
    ];
    expect(stands(false, ...jobs)).toMatchObject({ ...done, startedAt: 5, endedAt: 70 });
  });

  it('is the platform that failed, not the tag that failed for it', () => {
    const jobs = [job(amd, done), job(arm, failed), job(tag, failed)];
    expect(stands(true, ...jobs)).toMatchObject({ name: arm, conclusion: 'failure' });
  });

  it('to be published goes on until it has its tag', () => {
    const platforms = [job(amd, done), job(arm, done)];
    const open = stands(true, ...platforms);
    expect(open?.status).toBe('in_progress');
    expect(open).not.toHaveProperty('conclusion');
    expect(stands(true, ...platforms, job(tag, failed))).toMatchObject({ name: tag, ...failed });
    expect(stands(true, ...platforms, job(tag, done))).toMatchObject({ name: tag, ...done });
    expect(stands(false, ...platforms)).toMatchObject(done);
  });

  it('has the attempt of what failed, else the newest: what came through is not run again', () => {
    const kept = job(amd, done);
    expect(stands(false, kept, job(arm, { ...failed, attempt: 1 }))?.attempt).toBe(1);
    expect(stands(false, kept, job(arm, { ...done, attempt: 2 }))?.attempt).toBe(2);
  });
});
