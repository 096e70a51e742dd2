import { describe, expect, it } from 'vitest';
import type { ConflictOrigin, LineCommit } from '../model/conflict-origin.ts';
import { conflictsJson, originWords } from './conflict-words.ts';

function commit(digit: string, subject: string, firstTag?: string): LineCommit {
  const about = { commit: digit.repeat(40), subject, date: '2025-01-01T00:00:00Z' };
  return { ...about, ...(firstTag !== undefined && { firstTag }) };
}

const fix = commit('1', 'Fix it', '32.1.0');
const more = commit('2', 'Fix more');
const none = { commits: [], missing: [] };
const origins: readonly ConflictOrigin[] = [
  { cause: 'changed', commits: [fix], missing: [] },
  { cause: 'changed', commits: [more, fix, fix, fix, fix], missing: [more], more: 7 },
  { cause: 'changed', commits: [], missing: [more, fix] },
  { cause: 'added', commits: [fix], missing: [] },
  { cause: 'removed', commits: [fix], missing: [] },
  { cause: 'moved', commits: [fix], missing: [], otherPath: 'nova/new.py' },
  { cause: 'not-there-yet', commits: [], missing: [fix] },
  { cause: 'not-there-yet', commits: [], missing: [fix], otherPath: 'old\u001b[31m.py' },
  { cause: 'queue', ...none, patches: ['patches/nova/2025.2/0001-a.patch'] },
  { cause: 'base-unknown', ...none },
  { cause: 'changed', commits: [commit('3', `Evil\u001b[2J ${'x'.repeat(200)}`)], missing: [] },
];

describe('the origin of a conflict', () => {
  it('is a sentence', () => {
    expect(origins.map(originWords)).toMatchInlineSnapshot(`
      [
        "upstream's 11111111 "Fix it" (32.1.0) changed these lines",
        "upstream's 22222222 "Fix more" (in no tag yet), 11111111 "Fix it" (32.1.0), 11111111 "Fix it" (32.1.0) and 2 more changed these lines; the patch was made on top of upstream's 22222222 "Fix more" (in no tag yet), which is not in this source; 7 more are not named here",
        "the patch was made on top of upstream's 22222222 "Fix more" (in no tag yet), 11111111 "Fix it" (32.1.0), which this source does not have",
        "upstream's 11111111 "Fix it" (32.1.0) added the file",
        "upstream's 11111111 "Fix it" (32.1.0) removed the file",
        "upstream's 11111111 "Fix it" (32.1.0) moved the file; here it is nova/new.py",
        "the file came with upstream's 11111111 "Fix it" (32.1.0), which this source does not have",
        "the file came with upstream's 11111111 "Fix it" (32.1.0), which this source does not have; here it is old�[31m.py",
        "changed by 0001-a.patch, earlier in the queue",
        "upstream does not have what the patch was made on, so nobody can tell who changed it",
        "upstream's 33333333 "Evil�[2J xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…" (in no tag yet) changed these lines",
      ]
    `);
  });

  it('is in the JSON of its place', () => {
    const place = { path: 'f', line: 3, endLine: 9, why: 'patch does not apply' };
    const [changed, , , , , moved, , , queue] = origins;
    const conflicts = [
      place,
      ...[changed, moved, queue].flatMap((origin) =>
        origin ? [{ ...place, hunk: 1, sourceLine: 5, origin }] : [],
      ),
    ];
    expect(conflictsJson(conflicts)).toMatchInlineSnapshot(`
      [
        {
          "commits": [],
          "line": 3,
          "missing": [],
          "path": "f",
          "why": "patch does not apply",
        },
        {
          "cause": "changed",
          "commits": [
            {
              "commit": "1111111111111111111111111111111111111111",
              "date": "2025-01-01T00:00:00Z",
              "firstTag": "32.1.0",
              "subject": "Fix it",
            },
          ],
          "hunk": 1,
          "line": 3,
          "missing": [],
          "path": "f",
          "sourceLine": 5,
          "why": "patch does not apply",
        },
        {
          "cause": "moved",
          "commits": [
            {
              "commit": "1111111111111111111111111111111111111111",
              "date": "2025-01-01T00:00:00Z",
              "firstTag": "32.1.0",
              "subject": "Fix it",
            },
          ],
          "hunk": 1,
          "line": 3,
          "missing": [],
          "otherPath": "nova/new.py",
          "path": "f",
          "sourceLine": 5,
          "why": "patch does not apply",
        },
        {
          "cause": "queue",
          "commits": [],
          "hunk": 1,
          "line": 3,
          "missing": [],
          "patches": [
            "patches/nova/2025.2/0001-a.patch",
          ],
          "path": "f",
          "sourceLine": 5,
          "why": "patch does not apply",
        },
      ]
    `);
  });
});
