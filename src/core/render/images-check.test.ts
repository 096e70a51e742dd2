import { describe, expect, it } from 'vitest';
import { buildFor } from '../../../test/support/builds.ts';
import type { Build, BuildCell, CellFailure, CellState } from '../model/build.ts';
import { imagesReport, notBegun, nothingToBuild, waitsForWord } from './images-check.ts';

function inStates(build: Build, states: readonly CellState[]): Build {
  return {
    ...build,
    cells: build.cells.map((cell, at) => ({ ...cell, state: states[at] ?? 'success' })),
  };
}

function with_(build: Build, at: number, change: Partial<BuildCell>): Build {
  return {
    ...build,
    cells: build.cells.map((cell, n) => (n === at ? { ...cell, ...change } : cell)),
  };
}

const job = { id: 70, url: 'https://github.com/acme/images/actions/runs/7/job/70' };

describe('pinwheel/images', () => {
  it('goes on while anything is built, and can be cancelled', () => {
    const build = inStates(buildFor(['nova/2025.2', 'glance/2025.2', 'cinder/2025.1']), [
      'running',
      'queued',
    ]);
    const report = imagesReport(with_(build, 0, { startedAt: 1000, job }));
    expect(report).toMatchSnapshot();
  });

  it('ends with a table, the cause of each failure, and buttons', () => {
    let build = inStates(
      buildFor(['nova/2025.2', 'glance/2025.2', 'keystone/2025.2'], {
        publish: true,
        cause: { kind: 'asked', by: 'alice' },
      }),
      ['failure', 'success', 'failure'],
    );
    const failure: CellFailure = {
      class: 'system package',
      line: 212,
      excerpt: ['#9 3.1 E: Unable to locate package qemu-utils9'],
    };
    const times = { startedAt: 1000, endedAt: 126_000, job };
    build = with_(build, 0, { ...times, failure });
    build = with_(build, 2, { ...times, failure, attempt: 2 });
    build = with_(build, 1, {
      ...times,
      result: {
        version: '32.0.1',
        image: `sha256:${'e'.repeat(64)}`,
        tags: ['32.0.1-p0-2025.2-dddddd-7', '2025.2'],
        packages: [],
      },
    });
    build = {
      ...build,
      runs: build.runs.map((run) => ({
        ...run,
        retries: 1,
        dispatchedAt: 1,
        run: { id: 7, url: 'https://github.com/acme/images/actions/runs/7' },
      })),
    };
    expect(imagesReport(build)).toMatchSnapshot();
  });

  it('has an end and words for every state', () => {
    const states: readonly CellState[] = [
      'success',
      'failure',
      'cancelled',
      'skipped',
      'superseded',
      'lost',
      'expired',
    ];
    const ends = states.map((state) => {
      const build = inStates(buildFor(['nova/2025.2']), [state]);
      const { kind, report } = imagesReport(
        state === 'superseded' ? { ...build, supersededBy: 'b'.repeat(40) } : build,
      );
      expect(kind).toBe('ended');
      return [
        state,
        'conclusion' in report && report.conclusion,
        report.title,
        report.actions?.map(({ identifier }) => identifier).join(' '),
      ];
    });
    expect(ends).toMatchInlineSnapshot(`
      [
        [
          "success",
          "success",
          "1 built",
          "explain-build",
        ],
        [
          "failure",
          "failure",
          "1 failed",
          "rebuild-failed explain-build",
        ],
        [
          "cancelled",
          "cancelled",
          "1 cancelled",
          "explain-build",
        ],
        [
          "skipped",
          "failure",
          "1 skipped",
          "rebuild-failed explain-build",
        ],
        [
          "superseded",
          "cancelled",
          "1 superseded",
          "explain-build",
        ],
        [
          "lost",
          "timed_out",
          "1 lost",
          "rebuild-failed explain-build",
        ],
        [
          "expired",
          "timed_out",
          "1 expired",
          "rebuild-failed explain-build",
        ],
      ]
    `);
  });

  it('names all of a thousand images within the limit', () => {
    const names = Array.from(
      { length: 1000 },
      (_, at) => `service-with-a-name-${at % 60}/20${at}.1`,
    );
    const build = inStates(
      buildFor(names),
      names.map((_, at) => (at % 7 === 0 ? 'failure' : 'success')),
    );
    const { report } = imagesReport(build);
    expect(report.summary.length).toBeLessThan(65_535);
    for (const name of names) {
      const [service = '', series = ''] = name.split('/');
      expect(report.summary).toMatch(
        new RegExp(`${service}(?: [0-9.]+)* ${series.replace('.', '\\.')}\\b`),
      );
    }
  });

  it('shows hostile lines of a log as they are', () => {
    const failure = { line: 1, excerpt: ['``` @all fixes #1 </details>'] };
    const build = with_(inStates(buildFor(['nova/2025.2']), ['failure']), 0, { failure });
    expect(imagesReport(build).report.summary).toContain(
      '````text\n``` @all fixes #1 </details>\n````',
    );
  });

  it('says so where there is nothing to build, a word is missing, or it cannot begin', () => {
    const skipped = [{ service: 'nova', series: '2025.2', why: { kind: 'unchanged' } }] as const;
    expect([
      nothingToBuild('a', { why: 'nothing that goes into an image changed', skipped }),
      waitsForWord('a'.repeat(40)),
      notBegun('a', 'there is no workflow'),
    ]).toMatchSnapshot();
  });

  it('keeps buttons within what GitHub takes', () => {
    const reports = [['running'], ['failure'], ['success']] as const;
    for (const states of reports) {
      for (const { label, description, identifier } of imagesReport(
        inStates(buildFor(['a/1']), states),
      ).report.actions ?? []) {
        expect([label.length <= 20, description.length <= 40, identifier.length <= 20]).toEqual([
          true,
          true,
          true,
        ]);
      }
    }
  });
});
