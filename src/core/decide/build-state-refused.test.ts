import { describe, expect, it } from 'vitest';
import { dispatched, found, nova, runJob } from '../../../test/support/builds.ts';
import { problemOf } from '../model/build.ts';
import type { Build } from '../model/build.ts';
import { advance, notBegun, usualPatience } from './build-state.ts';
import type { RunReport } from './build-state.ts';

describe('a cell of a run that GitHub lets nobody look at', () => {
  const minute = 60_000;
  const refused = { kind: 'refused', why: 'not allowed' } as const;
  const notFound = { kind: 'not found' } as const;
  function looked(build: Build, at: number, report: RunReport = refused): Build {
    const options = { now: at * minute, patience: usualPatience };
    return advance(build, new Map([[0, report]]), options);
  }
  /** Refused at every minute from one to another. */
  function refusedFrom(build: Build, from: number, to: number): Build {
    const minutes = Array.from({ length: to - from + 1 }, (_, nth) => from + nth);
    return minutes.reduce((one, at) => looked(one, at), build);
  }
  const running = looked(dispatched(), 1, found({}, runJob(nova)));

  it('waits, for it may pass', () => {
    expect(refusedFrom(dispatched(), 5, 20).cells).toEqual(dispatched().cells);
    const stopped = refusedFrom({ ...running, cancelledBy: 'alice' }, 5, 20);
    expect(stopped.cells).toMatchObject([{ state: 'running' }]);
    expect(problemOf(stopped)).toBeUndefined();
  });

  it.each([
    ['lost where nobody ever saw the run', dispatched(), 'lost'],
    ['cancelled where somebody stopped it', { ...running, cancelledBy: 'alice' }, 'cancelled'],
    ['superseded by a newer commit', { ...running, supersededBy: 'b' }, 'superseded'],
  ])('is %s', (_, build, state) => {
    const ended = refusedFrom(build, 5, 21);
    expect(ended.cells).toMatchObject([{ state }]);
    expect(problemOf(ended)).toBe('not allowed');
  });

  it('has its time, and says why nobody knows more', () => {
    const waiting = refusedFrom(running, 5, 400);
    expect(waiting.cells).toMatchObject([{ state: 'running' }]);
    expect(problemOf(waiting)).toBe('not allowed');
    expect(refusedFrom(waiting, 401, 440).cells).toMatchObject([{ state: 'expired' }]);
  });

  it('waits where nobody looked for long: it may have passed, and come again', () => {
    const paused = looked(refusedFrom(dispatched(), 5, 10), 120);
    expect(paused.cells).toEqual(dispatched().cells);
    expect(refusedFrom(paused, 121, 136).cells).toMatchObject([{ state: 'lost' }]);
  });

  it('goes on where the run may be looked at again, and what was refused is forgotten', () => {
    const lost = refusedFrom(dispatched(), 1, 17);
    const seen = looked(lost, 18, found({}, runJob(nova)));
    expect(seen.cells).toMatchObject([{ state: 'running' }]);
    expect(problemOf(seen)).toBeUndefined();
    expect(seen.runs[0]).not.toHaveProperty('refused');
    expect(refusedFrom(seen, 19, 34).cells).toEqual(seen.cells);
  });

  it('that ended as somebody stopped it is not the matter of a refusal any more', () => {
    const stopped = refusedFrom({ ...running, cancelledBy: 'alice' }, 5, 21);
    const job = runJob(nova, { status: 'completed', conclusion: 'cancelled' });
    const seen = looked(stopped, 22, found({}, job));
    expect(seen.cells).toMatchObject([{ state: 'cancelled' }]);
    expect(problemOf(seen)).toBeUndefined();
  });

  it('waits where there is no run: it may be asked for now', () => {
    const hidden = looked(dispatched(), 40);
    const free = looked(hidden, 41, notFound);
    expect(free.cells).toEqual(dispatched().cells);
    expect(looked(free, 42, notFound)).toMatchObject({ cells: [{ state: 'lost' }] });
  });

  it('keeps why its run was not begun', () => {
    const refusedRun = notBegun(dispatched(), 0, 'no such workflow');
    expect(refusedRun.cells).toMatchObject([{ state: 'lost' }]);
    expect(problemOf(refusedRun)).toBe('no such workflow');
    expect(looked(refusedRun, 1, notFound)).toEqual(refusedRun);
  });

  it('says nothing of the other runs of the build', () => {
    const two = dispatched(Array.from({ length: 300 }, (_, at) => `s${at}/1`));
    const one = notBegun(two, 0, 'no such workflow');
    const reports = new Map<number, RunReport>([[1, found({}, runJob('s299/1'))]]);
    const seen = advance(one, reports, { now: minute, patience: usualPatience });
    expect(seen.runs.map(({ problem }) => problem)).toEqual(['no such workflow', undefined]);
    expect(problemOf(looked(seen, 2, found({})))).toBeUndefined();
  });
});
