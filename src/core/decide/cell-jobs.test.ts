import { describe, expect, it } from 'vitest';
import { buildFor, runJob } from '../../../test/support/builds.ts';
import type { RunJob } from '../model/build.ts';
import { cellJob } from './cell-jobs.ts';

const [cell] = buildFor(['nova/2025.2']).cells;

function seen(jobs: readonly RunJob[], options: { publish?: true; over?: true } = {}) {
  if (!cell) throw new Error('the build has no cell');
  const status = options.over ? 'completed' : 'in_progress';
  return cellJob(cell, { run: { status }, jobs }, { publish: options.publish === true });
}

function ended(name: string, conclusion: string, id = 70): RunJob {
  return runJob(name, { id, status: 'completed', conclusion, endedAt: 3000 + id });
}

describe('the job of a cell', () => {
  it('is the one that is called after it, whatever stands before', () => {
    expect(seen([runJob('try (1, a / b) / nova/2025.2')])).toMatchObject({ status: 'in_progress' });
    expect(seen([runJob('nova/2025.2'), runJob('nova/2025.20')])?.name).toBe('nova/2025.2');
    expect(seen([runJob('nova/2025.20 amd64'), runJob('xnova/2025.2'), runJob('gate')])).toBe(
      undefined,
    );
  });

  it('goes on while one of its platforms does, and is as bad as the worst of them', () => {
    const [amd, arm] = ['try (1) / nova/2025.2 amd64', 'try (1) / nova/2025.2 arm64'];
    expect(
      seen([
        runJob(amd, { status: 'queued', startedAt: 9 }),
        runJob(arm, { status: 'queued', startedAt: 9 }),
      ]),
    ).toMatchObject({ status: 'queued' });
    expect(seen([ended(amd, 'failure'), runJob(arm)])).toMatchObject({ status: 'in_progress' });
    expect(seen([ended(amd, 'failure'), runJob(arm)])?.conclusion).toBeUndefined();
    expect(seen([ended(amd, 'success', 1), ended(arm, 'failure', 2)])).toMatchObject({
      ...{ id: 2, status: 'completed', conclusion: 'failure', endedAt: 3002 },
    });
    expect(seen([ended(amd, 'success', 1), ended(arm, 'odd', 2)])).toMatchObject({ id: 2 });
    expect(seen([ended(amd, 'success', 1), ended(arm, 'success', 2)])).toMatchObject({
      ...{ conclusion: 'success', startedAt: 2000, endedAt: 3002 },
    });
  });

  it('is of the newest attempt of any of them: the others are not run again', () => {
    const again = runJob('nova/2025.2 arm64', { attempt: 2 });
    expect(seen([ended('nova/2025.2 amd64', 'success'), again])).toMatchObject({
      ...{ attempt: 2, status: 'in_progress' },
    });
  });

  it('is not over before its image has its tags, where it is published', () => {
    const built = [ended('nova/2025.2 amd64', 'success'), ended('nova/2025.2 arm64', 'success')];
    expect(seen(built, { publish: true })).toMatchObject({ status: 'in_progress' });
    expect(seen(built, { publish: true, over: true })).toMatchObject({ status: 'completed' });
    const failed = [...built, ended('publish (1) / tag nova/2025.2', 'failure', 9)];
    expect(seen(failed, { publish: true })).toMatchObject({ id: 9, conclusion: 'failure' });
    const half = [ended('nova/2025.2 amd64', 'failure'), ended('nova/2025.2 arm64', 'success')];
    expect(seen(half, { publish: true })).toMatchObject({ conclusion: 'failure' });
  });
});
