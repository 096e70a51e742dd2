import { describe, expect, it } from 'vitest';
import { buildFor, dispatched, found, nova, runJob } from '../../../test/support/builds.ts';
import type { Build, CellFailure, CellState } from '../model/build.ts';
import { advance, endOpenCells, retried, runsToRetry, stopWord } from './build-state.ts';
import type { RunReport } from './build-state.ts';

const patience = { find: 100, start: 1000, run: 500 };

function after(report: RunReport, now = 1050, build = dispatched()): readonly CellState[] {
  const next = advance(build, new Map([[0, report]]), { now, patience });
  return next.cells.map(({ state }) => state);
}

describe('a cell', () => {
  it.each([
    ['queued', 'queued', undefined, 'queued'],
    ['runs', 'in_progress', undefined, 'running'],
    ['was built', 'completed', 'success', 'success'],
    ['failed', 'completed', 'failure', 'failure'],
    ['was stopped', 'completed', 'cancelled', 'cancelled'],
    ['was left out', 'completed', 'skipped', 'skipped'],
    ["took longer than GitHub's limit", 'completed', 'timed_out', 'expired'],
    ['ended in a word of tomorrow', 'completed', 'startup_failure', 'failure'],
  ] as const)('%s', (...[, status, conclusion, state]) => {
    const job = runJob(nova, { status, ...(conclusion !== undefined && { conclusion }) });
    expect(after(found({}, job))).toEqual([state]);
    expect(after(found({}, { ...job, name: `build / ${nova}` }))).toEqual([state]);
  });

  it('waits while the matrix is not there yet', () => {
    expect(after(found({}, runJob('plan')))).toEqual(['queued']);
  });

  it('is skipped where the run ended without it, or cancelled with it', () => {
    const ended = { status: 'completed' } as const;
    expect(after(found({ ...ended, conclusion: 'failure' }))).toEqual(['skipped']);
    expect(after(found({ ...ended, conclusion: 'success' }))).toEqual(['skipped']);
    expect(after(found({ ...ended, conclusion: 'cancelled' }))).toEqual(['cancelled']);
  });

  it('is superseded, not cancelled, where a newer commit stopped it', () => {
    const job = runJob(nova, { status: 'completed', conclusion: 'cancelled' });
    const build = { ...dispatched(), supersededBy: 'b'.repeat(40) };
    expect(after(found({}, job), 1050, build)).toEqual(['superseded']);
  });

  it('is lost where its run never comes, or is deleted', () => {
    expect(after({ kind: 'not found' }, 1099)).toEqual(['queued']);
    expect(after({ kind: 'not found' }, 1101)).toEqual(['lost']);
    expect(after({ kind: 'gone' })).toEqual(['lost']);
  });

  it('expires where it never begins, or never ends', () => {
    expect(after(found({ status: 'queued' }), 1999)).toEqual(['queued']);
    expect(after(found({ status: 'queued' }), 2001)).toEqual(['expired']);
    expect(after(found({}, runJob(nova)), 2500)).toEqual(['running']);
    expect(after(found({}, runJob(nova)), 2501)).toEqual(['expired']);
  });

  it('is completed first, however late, and only then given up', () => {
    const job = runJob(nova, { status: 'completed', conclusion: 'success', endedAt: 2100 });
    expect(after(found({ status: 'completed' }, job), 99_999)).toEqual(['success']);
  });

  it('whose end is known keeps it when the run is deleted', () => {
    const ended = advance(
      dispatched(),
      new Map([[0, found({}, runJob(nova, { status: 'completed', conclusion: 'success' }))]]),
      { now: 1, patience },
    );
    expect(after({ kind: 'gone' }, 1, ended)).toEqual(['success']);
  });

  it('that was not asked for yet is not given up', () => {
    expect(after({ kind: 'not found' }, 99_999, buildFor([nova]))).toEqual(['queued']);
  });

  it('of another attempt forgets what was read of the one before', () => {
    const failed = runJob(nova, { status: 'completed', conclusion: 'failure' });
    const one = advance(dispatched(), new Map([[0, found({}, failed)]]), { now: 1, patience });
    const failure: CellFailure = { class: 'test', line: 1, excerpt: ['x'] };
    const read = { ...one, cells: one.cells.map((cell) => ({ ...cell, failure })) };
    const same = advance(read, new Map([[0, found({}, failed)]]), { now: 1, patience });
    expect(same.cells[0]?.failure).toEqual(failure);
    const again = runJob(nova, { id: 71, attempt: 2 });
    const next = advance(same, new Map([[0, found({ attempt: 2 }, again)]]), { now: 1, patience });
    expect(next.cells[0]).toMatchObject({ state: 'running', attempt: 2 });
    expect(next.cells[0]?.failure).toBeUndefined();
  });
});

describe('the time of a run', () => {
  const queued = found({ status: 'queued', startedAt: 50_000 });

  it('begins as GitHub says: one that is found again may have been asked for at any time', () => {
    expect(after(queued, 50_900)).toEqual(['queued']);
    expect(after(queued, 51_001)).toEqual(['expired']);
  });

  it('begins anew with another attempt, also while lists tell of the one before', () => {
    const job = runJob(nova, { status: 'completed', conclusion: 'failure' });
    const late = found({ status: 'completed' }, job);
    const failed = advance(dispatched(), new Map([[0, late]]), { now: 2000, patience });
    const again = retried(failed, 0, { attempt: 2, now: 90_000 });
    expect(after(late, 90_900, again)).toEqual(['queued']);
    const second = found({ attempt: 2, status: 'queued', startedAt: 90_500 });
    expect(after(second, 91_400, again)).toEqual(['queued']);
    expect(after(second, 91_501, again)).toEqual(['expired']);
  });
});

describe('a cell that is run again', () => {
  it('has its time anew, though what was done before began with the first attempt', () => {
    const one = runJob(`${nova} amd64`, { status: 'completed', conclusion: 'success' });
    const other = runJob(`${nova} arm64`, { id: 71, attempt: 2, startedAt: 90_100 });
    const again = found({ attempt: 2, startedAt: 90_000 }, one, other);
    expect(after(again, 90_500)).toEqual(['running']);
    expect(after(again, 90_501)).toEqual(['expired']);
  });
});

describe('a run that was found while lists were asked', () => {
  it('is not lost because they did not have it', () => {
    const build = dispatched();
    const runs = build.runs.map((run) => ({ ...run, run: { id: 7, url: '' } }));
    expect(after({ kind: 'not found' }, 1101, { ...build, runs })).toEqual(['queued']);
  });
});

describe('a build that somebody stopped', () => {
  const stopped = { ...dispatched(), cancelledBy: 'alice' };
  const again = { attempt: 2, now: 1050 };

  it('goes on where somebody has it run again', () => {
    expect(stopWord(stopped)).toBe('cancelled');
    expect(stopWord(retried(stopped, 0, again))).toBeUndefined();
    const second = found({ attempt: 2 }, runJob(nova, { attempt: 2 }));
    const next = advance(stopped, new Map([[0, second]]), { now: 1050, patience });
    expect(stopWord(next)).toBeUndefined();
    const same = advance(stopped, new Map([[0, found({}, runJob(nova))]]), { now: 1050, patience });
    expect(stopWord(same)).toBe('cancelled');
  });

  it('stays so where a newer commit took its place: its tags would go back', () => {
    expect(stopWord(retried({ ...stopped, supersededBy: 'b' }, 0, again))).toBe('superseded');
  });
});

describe('a build that was told', () => {
  it('has to be told again when it changes', () => {
    const told: Build = { ...dispatched(), told: true };
    const same = advance(told, new Map([[0, found({ status: 'queued' })]]), { now: 1, patience });
    expect(same.told).toBe(true);
    const next = advance(told, new Map([[0, found({}, runJob(nova))]]), { now: 1, patience });
    expect(next.told).toBeUndefined();
    expect(endOpenCells(told, 'lost').told).toBeUndefined();
  });
});

describe('a build that nobody needs', () => {
  it('ends a part alone', () => {
    const build = dispatched(Array.from({ length: 300 }, (_, at) => `s${at}/1`));
    const states = endOpenCells(build, 'lost', 1).cells.map(
      ({ part, state }) => `${part} ${state}`,
    );
    expect(new Set(states)).toEqual(new Set(['0 queued', '1 lost']));
  });

  it('ends what is open, and nothing else', () => {
    const build = dispatched(['a/1', 'b/1']);
    const one = {
      ...build,
      cells: build.cells.map((c, at) => (at === 0 ? { ...c, state: 'success' as const } : c)),
    };
    expect(endOpenCells(one, 'superseded').cells.map(({ state }) => state)).toEqual([
      'success',
      'superseded',
    ]);
  });
});

describe('a run that failed by infrastructure alone', () => {
  function failing(classes: readonly (CellFailure['class'] | 'fine')[], retries = 0): Build {
    const build = dispatched(classes.map((_, at) => `s${at}/1`));
    return {
      ...build,
      runs: build.runs.map((run) => ({ ...run, retries, run: { id: 7, url: '' } })),
      cells: build.cells.map((cell, at) => {
        const kind = classes[at];
        if (kind === 'fine') return { ...cell, state: 'success' };
        const failure = { excerpt: [], ...(kind !== undefined && { class: kind }) };
        return { ...cell, state: 'failure', failure };
      }),
    };
  }
  it('is tried again, twice at most', () => {
    expect(runsToRetry(failing(['registry or network', 'fine']))).toHaveLength(1);
    expect(runsToRetry(failing(['registry or network'], 1))).toHaveLength(1);
    expect(runsToRetry(failing(['registry or network'], 2))).toHaveLength(0);
  });
  it('is left alone where anything else failed, or nothing is known', () => {
    expect(runsToRetry(failing(['registry or network', 'test']))).toEqual([]);
    expect(runsToRetry(failing([undefined]))).toEqual([]);
    expect(runsToRetry(failing(['fine']))).toEqual([]);
    expect(runsToRetry({ ...failing(['registry or network']), cancelledBy: 'alice' })).toEqual([]);
  });
});
