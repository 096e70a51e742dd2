import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPatchText, showPatch } from '../../../test/support/shown-patch.ts';
import { patchLimits, touchedPaths } from '../model/patch-content.ts';
import { readPatch } from './patch-content.ts';

const hunk = '@@ -1 +1 @@\n-a\n+b\n';

function fileOf(n: number): string {
  return `--- a/${n}\n+++ b/${n}\n${hunk}`;
}

describe('a patch', () => {
  it.each<[string, string, ...string[]]>([
    ['is empty', '', '1: patch-empty'],
    ['has blanks only', ' \n\t\r\n', '1: patch-empty'],
    ['is a web page', '\n<!DOCTYPE html>\n<title>404</title>\n', '1: patch-web-page'],
    ['has no diff', 'From: A\nSubject: b\n\n---\n', '1: patch-without-diff'],
    [
      'is cut off',
      '--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n-b\n',
      'modify x +0 -0',
      '6: patch-truncated',
    ],
    [
      'is cut off in a line',
      '--- a/x\n+++ b/x\n@@ -1 +1 @@\n-b\n+c',
      'modify x +0 -0',
      '5: patch-truncated',
    ],
    [
      'has fewer lines than its hunk says',
      `--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-a\n+b\ndiff --git a/y b/y\n`,
      'modify x +0 -0',
      '6: patch-damaged-hunk',
    ],
    [
      'has more lines than its hunk says',
      '--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n-a\n-b\n+c\n+d\n',
      'modify x +0 -0',
      '5: patch-damaged-hunk',
    ],
    [
      'has a hunk that changes nothing',
      '--- a/x\n+++ b/x\n@@ -1 +1 @@\n a\n',
      'modify x +0 -0',
      '3: patch-damaged-hunk',
    ],
    [
      'has a second hunk with a damaged head',
      `--- a/x\n+++ b/x\n${hunk}@@ -x +1 @@\n-a\n+b\n`,
      'modify x @3-5 +1 -1',
      '6: patch-damaged-hunk',
    ],
    ['has a hunk without a file', `Subject: a\n\n${hunk}`, '3: patch-damaged-header'],
    [
      'names two files as one',
      `diff --git a/x b/y\nrename from x\nrename to y\n--- a/x\n+++ b/z\n${hunk}`,
      'rename x -> y +0 -0',
      '5: patch-damaged-header',
    ],
    [
      'adds a file with lines to change',
      `diff --git a/x b/x\nnew file mode 100644\n--- /dev/null\n+++ b/x\n${hunk}`,
      'add x >100644 @5-7 +1 -1',
      '5: patch-damaged-hunk',
    ],
    [
      'both adds and deletes',
      'diff --git a/x b/x\nnew file mode 100644\ndeleted file mode 100644\n-- \n2\n',
      'add x 100644>100644 +0 -0',
      '3: patch-damaged-header',
    ],
    [
      'has a mode that is no number',
      'diff --git a/x b/x\nold mode rw\nnew mode 100755\n-- \n',
      '2: patch-damaged-header',
    ],
    [
      'names no file in git style',
      'diff --git x y\nold mode 100644\nnew mode 100755\n-- \n',
      '4: patch-damaged-header',
    ],
    ['names a file without a folder', `--- x\n+++ x\n${hunk}`, '1: patch-damaged-header'],
    [
      'has a name whose quotes do not end',
      `diff --git a/x b/x\n--- "a/x\n+++ b/x\n${hunk}`,
      '2: patch-damaged-header',
    ],
    [
      'names a file and does nothing',
      'diff --git a/x b/x\nindex 12345..23456 100644\n-- \n2.39\n',
      'modify x 100644> +0 -0',
      '1: patch-changes-nothing',
    ],
    [
      'leaves out what is not text',
      'diff --git a/x b/x\nindex 12345..23456 100644\nBinary files a/x and b/x differ\n',
      'modify x 100644> +0 -0',
      '3: patch-binary-missing',
    ],
    [
      'has damaged data',
      'diff --git a/x b/x\nindex 12345..23456 100644\nGIT binary patch\nliteral 4\nE1234\n\n',
      'modify x 100644> +0 -0',
      '5: patch-damaged-binary',
    ],
  ])('is damaged where it %s', (_, text, ...shown) => {
    expect(
      showPatch(text).filter(
        (line) => !/^(?:modify|add|rename) /.test(line) || shown.includes(line),
      ),
    ).toEqual(shown);
    expect(readPatchText(text).problems[0]).toMatchObject({ level: 'failure', file: /0001-a/ });
  });

  it('does not read beyond its limits', () => {
    const many = Array.from({ length: patchLimits.files + 1 }, (_, n) => fileOf(n)).join('');
    expect(readPatchText(many).value.over).toBe('files');
    expect(readPatchText(many.slice(fileOf(1).length)).value).not.toHaveProperty('over');
    const hunks = `--- a/x\n+++ b/x\n${hunk.repeat(patchLimits.hunks + 1)}`;
    expect(readPatchText(hunks)).toMatchObject({ value: { over: 'hunks' }, problems: [] });
    const large = readPatch(new Uint8Array(patchLimits.bytes + 1), 'a.patch');
    expect(large).toMatchObject({ value: { over: 'bytes', files: [] }, problems: [] });
  });

  it('is not slow on lines made to be slow', () => {
    const long = 1_000_000;
    for (const text of [
      `diff --git a/${' '.repeat(long)}\n`,
      `diff --git a/${' /'.repeat(long)}\n`,
      `diff --git "a/${'\\303'.repeat(long)}"\n`,
      `--- a/${'1'.repeat(long)}\n+++ b/${' '.repeat(long)}x\n${hunk}`,
      '\n'.repeat(long),
      `@@ -${'1'.repeat(long)}\n`,
      `--- a/x\n+++ b/x\n@@ -1,${long} +1,${long} @@\n${' \n'.repeat(long)}`,
    ]) {
      expect(readPatchText(text).problems.length).toBeLessThanOrEqual(1);
    }
  }, 10_000);

  it('is read from any bytes without a throw, one problem at most', () => {
    const pieces = fc.constantFrom(
      ...[
        'diff --git a/x b/x\n',
        '--- a/x\n',
        '+++ b/x\n',
        '@@ -1 +1 @@\n',
        '-a\n',
        '+b\n',
        ' c\n',
      ],
      ...['rename from x\n', 'copy to "\\000"\n', 'new file mode 120000\n', 'index a..b 1\n', '\r'],
      ...[
        'GIT binary patch\nliteral 1\n',
        'AAAAAA\n',
        '\\ No newline at end\n',
        '\0',
        'ÿ',
        '"',
        '\n',
      ],
    );
    const text = fc.array(fc.oneof(pieces, fc.string()), { maxLength: 30 });
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      text.map((parts) => Buffer.from(parts.join(''), 'latin1')),
    );
    fc.assert(
      fc.property(bytes, (input) => {
        const { value, problems } = readPatch(input, 'a.patch');
        const lines = Buffer.from(input).toString('latin1').split('\n').length;
        expect(problems.length).toBeLessThanOrEqual(1);
        expect(problems.every(({ line }) => line >= 1 && line <= lines)).toBe(true);
        expect(value.files.every(({ line, endLine }) => line <= endLine)).toBe(true);
        expect(touchedPaths(value).length).toBeLessThanOrEqual(2 * value.files.length);
      }),
      { numRuns: 1000 },
    );
  });
});
