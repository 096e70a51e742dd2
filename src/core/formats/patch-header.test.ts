import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeWithUpstreamData } from '../../../test/support/upstream-data.ts';
import { readPatchHeader } from './patch-header.ts';

const none = { bugs: [], cherryPickedFrom: [] };
const commit = '5d59ca2e9818ec6cbc7fffa4ae09d604f62912d3';
const changeId = `I${'0123456789'.repeat(4)}`;

const mail = `From ${commit} Mon Sep 17 00:00:00 2001
From: =?UTF-8?q?J=C3=B6rg=20M=C3=BCller?= <j@example.org>
Date: Fri, 2 Jan 2026 03:04:05 +0000
Subject: [PATCH 2/3] [stable-only] Keep the quota when an instance is resized and
 moved at the same time
MIME-Version: 1.0
Content-Type: text/plain; charset=UTF-8

It was counted twice. Change-Id: ${changeId.replace('0', 'f')} did that,
Change-Id: ${changeId.replace('0', 'e')}
is in the text only.

Closes-Bug: #1934094
Related-bug: ##2148903
Partial-Bug: bug/1939020, https://bugs.launchpad.net/keystone/+bug/2030061
Related-Bug: #OSPRH-29345

Signed-off-by: Jörg Müller <j@example.org>
Change-Id: ${changeId}
(cherry picked from commit ${'a'.repeat(40)})
(cherry picked from commit ${'b'.repeat(40)})
---
 nova/quota.py | 2 +-
Change-Id: ${changeId.replace('0', 'd')}
Closes-Bug: #1111111

diff --git a/nova/quota.py b/nova/quota.py
`;

const header = {
  commit,
  author: 'Jörg Müller <j@example.org>',
  date: 'Fri, 2 Jan 2026 03:04:05 +0000',
  subject: '[stable-only] Keep the quota when an instance is resized and moved at the same time',
  changeId,
  bugs: ['1934094', '2148903', '1939020', '2030061'],
  cherryPickedFrom: ['a'.repeat(40), 'b'.repeat(40)],
};

describe('the header of a patch', () => {
  it('has what format-patch writes, and the trailers of the message', () => {
    expect(readPatchHeader(mail)).toEqual(header);
  });

  it('is the same with CRLF', () => {
    expect(readPatchHeader(mail.replaceAll('\n', '\r\n'))).toEqual(header);
  });

  it('takes a Change-Id from the last paragraph only', () => {
    const text = `Subject: [PATCH] Revert\n\nThis reverts\nChange-Id: ${changeId}\n\nIt was wrong.\n---\n`;
    expect(readPatchHeader(text)).toEqual({ ...none, subject: 'Revert' });
  });

  it('obeys the author that stands in the message', () => {
    const text =
      'From: Robot <r@x>\nSubject: [PATCH] a\n\nFrom: "Doe, \\"J\\" Jane" <j@x>\nDate: today\n\nbody\n---\n';
    expect(readPatchHeader(text)).toEqual({
      ...none,
      ...{ author: 'Doe, "J" Jane <j@x>', date: 'today', subject: 'a' },
    });
  });

  it('ends where a diff begins, where there is no line of dashes', () => {
    const text = `Subject: a\n\nb\n\nIndex: x\nCloses-Bug: #1234567\n`;
    expect(readPatchHeader(text)).toEqual({ ...none, subject: 'a' });
    const plain = `--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+Subject: b\n`;
    expect(readPatchHeader(plain)).toEqual(none);
  });

  it('has no commit where format-patch was told to write none', () => {
    expect(readPatchHeader(`From ${'0'.repeat(40)} Mon Sep\nSubject: a\n`)).toEqual({
      ...none,
      subject: 'a',
    });
  });

  it.each(['', '\n\n', '<html><body>not found</body></html>', '\0\0', 'PK\x03\x04'])(
    'is empty for %j',
    (text) => {
      expect(readPatchHeader(text)).toEqual(none);
    },
  );

  it('is read in no time from megabytes of nonsense', () => {
    for (const part of ['=?a?q?', 'From: a\n', ' folded\n', 'Subject: =?UTF-8?q?=C3=B6?= ']) {
      expect(readPatchHeader(`Subject: x\n${part.repeat(500_000)}`).subject).toBeDefined();
    }
  });

  it('never makes the reader throw', () => {
    const words = fc.constantFrom(
      ...['From ', 'From: ', 'Subject: ', '\n', '\n\n', ' ', '=?UTF-8?q?', '?=', '---\n', '"'],
      ...['Change-Id: ', 'Closes-Bug: #', '1234567', '(cherry picked from commit ', '\\'],
    );
    const text = fc.array(words, { maxLength: 25 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(text, fc.string()), (hostile) => {
        expect(readPatchHeader(hostile).bugs).toBeInstanceOf(Array);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a patch that git 2.39 wrote', () => {
  const written = `From 606facf1ba1ad9c5c8aff0a5fa058d0d7305b1ce Mon Sep 17 00:00:00 2001
From: Robot <r@example.org>
Date: Fri, 2 Jan 2026 03:04:05 +0000
Subject: [PATCH] =?UTF-8?q?F=C3=A4ll=20back=20to=20a=20long=20way=20a=20lo?=
 =?UTF-8?q?ng=20way=20a=20long=20way=20a=20long=20way=20of=20doing=20it,?=
 =?UTF-8?q?=20=C3=BCml=C3=A4ut?=
MIME-Version: 1.0
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: 8bit

From: Jörg, "J" Müller <j@example.org>

Why.

Change-Id: ${changeId}
---
 a | 1 +
`;

  it('gives back what was committed', () => {
    expect(readPatchHeader(written)).toEqual({
      ...none,
      commit: '606facf1ba1ad9c5c8aff0a5fa058d0d7305b1ce',
      author: 'Jörg, "J" Müller <j@example.org>',
      date: 'Fri, 2 Jan 2026 03:04:05 +0000',
      subject: `Fäll back to ${'a long way '.repeat(4)}of doing it, ümläut`,
      changeId,
    });
  });
});

describeWithUpstreamData('the tiny patches', (data) => {
  const folder = join(data, 'patches/tiny');
  function header(name: string) {
    return readPatchHeader(readFileSync(join(folder, name), 'latin1'));
  }

  it('have the header of their first commit, or none', () => {
    expect(header('t11-two-commits-one-mbox.patch')).toMatchObject({
      commit: 'e06963fc551991817571789fbbe839fb476c9114',
      author: 'Example Author <author@example.org>',
      subject: 'Fifty',
    });
    for (const name of ['t10-plain-diff-u.patch', 't15-html-error-page.patch', 't16-empty.patch']) {
      expect(header(name)).toEqual(none);
    }
  });

  it('are all read', () => {
    const names = readdirSync(folder);
    const subjects = names.filter((name) => header(name).subject !== undefined);
    expect(subjects.length).toBeGreaterThan(names.length / 2);
  });
});
