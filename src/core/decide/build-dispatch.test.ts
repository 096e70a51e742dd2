import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildFor, plannedCell } from '../../../test/support/builds.ts';
import { buildOf, correlationIn } from '../model/build.ts';
import type { Build, CellState } from '../model/build.ts';
import { cellName } from '../model/plan.ts';
import {
  cellsToRepeat,
  combined,
  dispatchInputs,
  failedCells,
  newBuild,
  notYetBuilt,
  splitCells,
  supersededBy,
  withUnbuilt,
} from './build-dispatch.ts';

function inStates(build: Build, ...states: readonly CellState[]): Build {
  return {
    ...build,
    cells: build.cells.map((cell, at) => ({ ...cell, state: states[at] ?? 'success' })),
  };
}

describe('a build', () => {
  it('is the same for the same occasion, and another for another commit, cell or occasion', () => {
    const ids = [
      buildFor(['nova/2025.2']),
      buildFor(['nova/2025.2'], { head: 'b'.repeat(40) }),
      buildFor(['nova/2025.1']),
      buildFor(['nova/2025.2'], { occasion: 'comment 3' }),
      buildFor(['nova/2025.2'], { publish: true }),
    ].map(({ id }) => id);
    expect(new Set(ids).size).toBe(5);
    expect(buildFor(['nova/2025.2'], { now: 9 }).id).toBe(ids[0]);
  });

  it('is found by the name of its run', () => {
    const { id, runs } = buildFor(['nova/2025.2']);
    const correlation = correlationIn(`Build ${runs[0]?.correlation} of acme`);
    expect(correlation).toBe(`${id}-0`);
    expect(buildOf(correlation ?? '')).toBe(id);
    expect(correlationIn('Build everything')).toBeUndefined();
  });

  it('is told to the workflow in texts: the commit, whether to publish, and locked cells', () => {
    const build = buildFor(['nova/2025.2']);
    const inputs = dispatchInputs(build, build.runs[0]!);
    expect(inputs).toMatchObject({ commit: 'a'.repeat(40), publish: 'false' });
    expect(JSON.parse(inputs['cells'] ?? '')).toEqual([
      {
        ...{ service: 'nova', series: '2025.2', ref: '32.0.1', version: '32.0.1' },
        ...{ commit: 'c'.repeat(40), digest: `v1:sha256:${'d'.repeat(64)}` },
      },
    ]);
  });
});

describe('cells of a build', () => {
  it('go into as few runs as GitHub takes, each into one, in their order', () => {
    const name = fc.stringMatching(/^[a-z]{1,80}$/);
    fc.assert(
      fc.property(fc.array(name, { maxLength: 700 }), (names) => {
        const cells = names.map((service) => plannedCell(`${service}/2025.2`));
        const parts = splitCells(cells);
        expect(parts.flat()).toEqual(cells);
        for (const part of parts) {
          expect(part.length).toBeLessThanOrEqual(256);
          const build = newBuild({ ...base, cells: part });
          expect(build.runs).toHaveLength(1);
          const inputs = dispatchInputs(build, build.runs[0]!);
          const length = Object.entries(inputs).reduce(
            (sum, [k, v]) => sum + k.length + v.length,
            0,
          );
          expect(length).toBeLessThanOrEqual(65_535);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('of 1,000 make several runs of one build', () => {
    const build = buildFor(Array.from({ length: 1000 }, (_, at) => `s${at}/2025.2`));
    expect(build.runs.length).toBeGreaterThan(3);
    expect(new Set(build.runs.map(({ correlation }) => correlation)).size).toBe(build.runs.length);
    expect(build.cells).toHaveLength(1000);
  });

  it('that failed last are those of the newest build that has them', () => {
    const first = inStates(
      buildFor(['a/1', 'b/1', 'c/1', 'd/1']),
      'failure',
      'failure',
      'lost',
      'cancelled',
    );
    const again = inStates(buildFor(['b/1'], { now: 2000 }), 'success');
    expect(failedCells([again, first])).toEqual(['a/1', 'c/1']);
  });
});

describe('a push', () => {
  const target = { lane: 'pull/12', head: 'b'.repeat(40) };

  it('has what an earlier one wanted and nobody built, where it is there still', () => {
    const old = inStates(
      buildFor(['a/1', 'b/1', 'c/1', 'gone/1']),
      'success',
      'running',
      'lost',
      'queued',
    );
    const cells = ['a/1', 'b/1', 'c/1', 'd/1'].map((name) => ({ cell: plannedCell(name) }));
    const planned = [plannedCell('c/1'), plannedCell('d/1')];
    const all = withUnbuilt(planned, { open: [old], target, cells });
    expect(all.map(cellName)).toEqual(['c/1', 'd/1', 'b/1']);
  });

  it('leaves out what is under way or built for its commit, but for other inputs or another use', () => {
    const there = inStates(
      buildFor(['a/1', 'b/1', 'c/1'], { publish: true }),
      'success',
      'queued',
      'failure',
    );
    const cells = ['a/1', 'b/1', 'c/1', 'd/1'].map((name) => plannedCell(name));
    expect(notYetBuilt(cells, [there], true).map(cellName)).toEqual(['c/1', 'd/1']);
    expect(notYetBuilt(cells, [there], false)).toHaveLength(4);
    expect(notYetBuilt(cells, [{ ...there, supersededBy: 'x' }], true)).toHaveLength(4);
    expect(
      notYetBuilt([plannedCell('a/1', { digest: 'v1:sha256:0' })], [there], true),
    ).toHaveLength(1);
  });
});

describe('what is known of a commit', () => {
  it('has the runs of each build whose cells no newer one has', () => {
    const names = Array.from({ length: 300 }, (_, at) => `s${at}/1`);
    const first = buildFor(names);
    const again = buildFor(names.slice(0, 256), { now: 2000 });
    const known = combined([first, again]);
    expect(known?.cells).toHaveLength(300);
    expect(known?.runs).toEqual([...again.runs, first.runs[1]]);
  });
});

describe('somebody who wants it once more', () => {
  it('gets what was not built, or all where everything was', () => {
    const build = buildFor(['a/1', 'b/1', 'c/1']);
    expect(cellsToRepeat([inStates(build, 'success', 'cancelled', 'failure')])).toEqual([
      'b/1',
      'c/1',
    ]);
    expect(cellsToRepeat([inStates(build)])).toEqual(['a/1', 'b/1', 'c/1']);
  });
});

describe('a newer head', () => {
  it('takes the place of what is still built in its lane, and of nothing else', () => {
    const old = buildFor(['a/1']);
    const sameHead = buildFor(['b/1'], { head: 'b'.repeat(40) });
    const ended = inStates(buildFor(['c/1']), 'success');
    const elsewhere = buildFor(['d/1'], { lane: 'branch/main' });
    const newer = { lane: 'pull/12', head: 'b'.repeat(40) };
    const found = supersededBy([old, sameHead, ended, elsewhere], newer);
    expect(found.map(({ cells }) => cellName(cells[0]!.cell))).toEqual(['a/1']);
  });
});

const base = {
  ...{ repository: { installation: 1, owner: 'acme', name: 'images' }, head: 'a'.repeat(40) },
  ...{ lane: 'pull/1', publish: true, now: 0, occasion: '' },
  cause: { kind: 'pull request', number: 1 },
} as const;
