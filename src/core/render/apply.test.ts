import { describe, expect, it } from 'vitest';
import type { AppliedQueue, ApplyOutcome } from '../model/patch-apply.ts';
import type { Judgement, PatchVerdict } from '../model/patch-verdict.ts';
import { applyJson, applyLines } from './apply.ts';

function verdict(name: string, judgement: Judgement): PatchVerdict {
  const path = `patches/nova/2025.2/${name}`;
  return { ...judgement, path, component: 'nova', series: '2025.2', files: ['nova/api.py'] };
}

const offsets = [{ path: 'nova/api.py', hunk: 2, lines: 3 }];
const good = [
  verdict('0001-a.patch', { verdict: 'applies' }),
  verdict('0002-b.patch', { verdict: 'applies-with-offset', offsets }),
];
const there: Judgement = { verdict: 'already-upstream', by: 'reverse', evidence: ['reverse'] };
const conflicts = [
  {
    path: 'nova/api.py',
    hunk: 1,
    line: 12,
    endLine: 20,
    sourceLine: 31,
    why: 'patch does not apply',
  },
];

function result(
  outcome: ApplyOutcome,
  verdicts: readonly PatchVerdict[],
  written: readonly string[] = [],
): AppliedQueue {
  const about = { component: 'nova', series: '2025.2', source: '/src/nova' };
  const tree = { before: 'a'.repeat(40), after: 'b'.repeat(40) };
  return { ...about, outcome, verdicts, written, ...(verdicts.length > 0 && { tree }) };
}

const failed: readonly PatchVerdict[] = [
  ...good,
  verdict('0003-c.patch', { verdict: 'conflict', conflicts }),
  verdict('0004-d.patch', there),
  verdict('0005-e.patch', {
    verdict: 'not-reached',
    blockers: [{ path: 'patches/nova/2025.2/0003-c.patch', files: ['nova/api.py'] }],
  }),
  verdict('0006-f.patch', {
    verdict: 'refused',
    refusals: [{ kind: 'through-symlink', what: 'etc/x', target: 'etc', line: 3 }],
  }),
  verdict('0007-g\n.patch', {
    verdict: 'malformed',
    problems: [
      { code: 'x', file: 'f', line: 2, level: 'failure', message: 'no patch', remedy: 'mend it' },
    ],
  }),
];

describe('what apply says', () => {
  it('is a line a patch, and one of what came of it', () => {
    const all = [
      result('no-patches', []),
      result('applied', good, ['nova/api.py', 'tox.ini']),
      result('finished', good.slice(0, 1), ['nova/api.py']),
      result('applied-before', [verdict('0001-a.patch', there)]),
      result('changes-nothing', good),
      result('does-not-apply', failed),
    ];
    const shown = all.map((one) => applyLines(one).join('\n')).join('\n\n');
    expect(shown).toMatchInlineSnapshot(`
      "no patches for nova 2025.2

      0001-a.patch applied
      0002-b.patch applied with an offset: hunk 2 of nova/api.py 3 lines down
      nova 2025.2: 2 patches applied to /src/nova: 2 files changed, tree aaaaaaaaaaaa → bbbbbbbbbbbb

      0001-a.patch applied
      nova 2025.2: 1 patch applied to /src/nova by an earlier run, whose writing is finished now: 1 file changed, tree aaaaaaaaaaaa → bbbbbbbbbbbb

      0001-a.patch is there already
      nothing written: /src/nova has it already; was apply run before? If not, pinwheel check --series 2025.2 --component nova says where it comes from

      0001-a.patch applies
      0002-b.patch applies with an offset: hunk 2 of nova/api.py 3 lines down
      nothing written: all patches together change nothing in /src/nova; remove those that cancel one another

      0001-a.patch applies
      0002-b.patch applies with an offset: hunk 2 of nova/api.py 3 lines down
      0003-c.patch does not apply: hunk 1 of nova/api.py, looked for at line 31
      0004-d.patch is there already: the source has the change: it can be taken back
      0005-e.patch was not tried: 0003-c.patch comes first and touches nova/api.py
      0006-f.patch is refused: etc/x is written through a symlink (etc)
      0007-g�.patch is malformed: no patch (line 2)
      nothing written to /src/nova; see whether it is the source that 2025.2 pins, and what pinwheel check --series 2025.2 --component nova says"
    `);
  });

  it('leaves out for programs only what there is not', () => {
    expect(applyJson(result('applied', good, ['nova/api.py']))).toMatchInlineSnapshot(`
      {
        "component": "nova",
        "outcome": "applied",
        "patches": [
          {
            "detail": "every hunk at its line",
            "patch": "patches/nova/2025.2/0001-a.patch",
            "verdict": "applies",
          },
          {
            "detail": "hunk 2 of nova/api.py 3 lines down",
            "patch": "patches/nova/2025.2/0002-b.patch",
            "verdict": "applies-with-offset",
          },
        ],
        "series": "2025.2",
        "source": "/src/nova",
        "tree": {
          "after": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
          "before": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        },
        "written": [
          "nova/api.py",
        ],
      }
    `);
    expect(applyJson(result('no-patches', []))).not.toHaveProperty('tree');
  });
});
