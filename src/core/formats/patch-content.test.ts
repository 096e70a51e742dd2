import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPatchText, showPatch } from '../../../test/support/shown-patch.ts';
import { describeWithUpstreamData } from '../../../test/support/upstream-data.ts';

const hunk = '@@ -1 +1 @@\n-a\n+b\n';

describe('the content of a patch', () => {
  it('has the hunks with their numbers and their lines in the patch file', () => {
    const { value, problems } = readPatchText(
      `Fix it\n\ndiff --git a/x.py b/x.py\nindex 1fde8bf..d8ba9d5 100644\n--- a/x.py\n+++ b/x.py\n@@ -3,2 +3,3 @@ def f():\n a\n+b\n c\n@@ -9 +10 @@\n-d\n+e\n-- \n2.39.5\n`,
    );
    expect(problems).toEqual([]);
    expect(value.files).toEqual([
      {
        change: 'modify',
        oldPath: 'x.py',
        newPath: 'x.py',
        written: ['b/x.py', 'a/x.py'],
        oldMode: '100644',
        oldBlob: '1fde8bf',
        newBlob: 'd8ba9d5',
        hunks: [
          { oldStart: 3, oldLines: 2, newStart: 3, newLines: 3, line: 7, endLine: 10 },
          { oldStart: 9, oldLines: 1, newStart: 10, newLines: 1, line: 11, endLine: 13 },
        ],
        addedLines: 2,
        removedLines: 1,
        line: 3,
        endLine: 13,
      },
    ]);
  });

  it.each<[string, string, ...string[]]>([
    ['a plain diff', `--- a/x.py\n+++ b/x.py\n${hunk}`, 'modify x.py @3-5 +1 -1'],
    [
      'dates of diff -u',
      `--- a/a b\t2026-01-02 03:04:05.000000000 +0000\n+++ b/a b\t2026-01-02\n${hunk}`,
      'modify a b @3-5 +1 -1',
    ],
    [
      'the epoch as the date of what is not there',
      `--- a/x\t1970-01-01 01:00:00.000000000 +0100\n+++ b/x\t2026-01-02 03:04:05 +0000\n@@ -0,0 +1 @@\n+b\n`,
      'add x @3-4 +1 -0',
    ],
    [
      'a copy of the old file as the old side',
      `--- a/x\n+++ b/x.orig\n${hunk}`,
      'modify x @3-5 +1 -1',
    ],
    ['/dev/null before', '--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+b\n', 'add x @3-4 +1 -0'],
    ['/dev/null after', '--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-b\n', 'delete x @3-4 +0 -1'],
    ['added lines without context', '--- a/x\n+++ b/x\n@@ -3,0 +4 @@\n+b\n', 'modify x @3-4 +1 -0'],
    [
      'no newline at the end, in any language',
      '--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n\\ Kein Zeilenumbruch\n+b\n\\ Kein Zeilenumbruch\n',
      'modify x @3-7 +1 -1',
    ],
    [
      'context whose blank was lost',
      '--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n\n-a\n+b\n',
      'modify x @3-6 +1 -1',
    ],
    [
      'a rename with a change',
      `diff --git a/old name b/new\nsimilarity index 90%\nrename from old name\nrename to new\nindex 12345..23456 100644\n--- a/old name\t\n+++ b/new\n${hunk}`,
      'rename old name -> new 100644> @8-10 +1 -1',
    ],
    [
      'a rename that no line calls one',
      `diff --git a/x b/x\n--- a/x\n+++ b/y\n${hunk}`,
      'rename x -> y @4-6 +1 -1',
    ],
    [
      'a copy',
      'diff --git a/x b/y\nsimilarity index 100%\ncopy from x\ncopy to y\n-- \n2\n\n',
      'copy x -> y +0 -0',
    ],
    [
      'a mode that changes, and a name with spaces twice',
      'diff --git a/a b c b/a b c\nold mode 100644\nnew mode 100755\n-- \n2\n\n',
      'modify a b c 100644>100755 +0 -0',
    ],
    [
      'an empty file that comes and one that goes',
      'diff --git a/x b/x\nnew file mode 100644\nindex 0000000..e69de29\ndiff --git "a/\\303\\274" "b/\\303\\274"\ndeleted file mode 100755\nindex e69de29..0000000\n-- \n',
      'add x >100644 +0 -0',
      'delete ü 100755> +0 -0',
    ],
    [
      'a name in quotes with octal digits',
      `--- "a/\\303\\274 \\"\\\\\\t.txt"\n+++ "b/\\303\\274 \\"\\\\\\t.txt"\n${hunk}`,
      'modify ü "\\\t.txt @3-5 +1 -1',
    ],
    [
      'a symlink',
      'diff --git a/l b/l\nnew file mode 120000\nindex 0000000..1234567\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+x/y\n\\ No newline at end of file\n',
      'add l >120000 @6-8 +1 -0 link x/y',
    ],
    [
      'a symlink that is written in pieces',
      'diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1,2 @@\n+../.\n\\ No newline at end of file\n+./x\n\\ No newline at end of file\n',
      'add l >120000 @5-9 +2 -0 link ../../x',
    ],
    [
      'a symlink that points elsewhere',
      'diff --git a/l b/l\nindex 1234567..2345678 120000\n--- a/l\n+++ b/l\n@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+y\n\\ No newline at end of file\n',
      'modify l 120000> @5-9 +1 -1 link y',
    ],
    [
      'a removed line that looks like a header',
      '--- a/x\n+++ b/x\n@@ -1,2 +1 @@\n--- a/y\n-+++ b/y\n+z\n',
      'modify x @3-6 +1 -2',
    ],
    [
      'two commits in one mbox',
      `From ${'a'.repeat(40)} Mon\nSubject: a\n\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n${hunk}-- \n2\n\nFrom ${'b'.repeat(40)} Mon\n\n--- a/x\n+++ b/x\n${hunk}`,
      'modify x @7-9 +1 -1',
      'modify x @17-19 +1 -1',
    ],
  ])('is read with %s', (_, text, ...files) => {
    expect(showPatch(text)).toEqual(files);
  });

  it('tells CRLF of the patch file from CRLF of the text that it changes', () => {
    const text = `diff --git a/x b/x\n--- a/x\n+++ b/x\n${hunk}`;
    expect(readPatchText(text).value.crlf).toBe(false);
    expect(
      readPatchText(text.replaceAll('a\n', 'a\r\n').replaceAll('b\n', 'b\r\n')).value.crlf,
    ).toBe(false);
    const mangled = readPatchText(text.replaceAll('\n', '\r\n'));
    expect(mangled).toMatchObject({
      value: { crlf: true, files: [{ newPath: 'x' }] },
      problems: [],
    });
  });
});

describeWithUpstreamData('the content of the tiny patches', (data) => {
  it.each<[string, ...string[]]>([
    ['m01-dotdot', 'add ../evil.txt >100644 @13-14 +1 -0'],
    ['m02-absolute', 'add tmp/evil.txt @3-4 +1 -0'],
    ['m03-dotgit-hook', 'add .git/hooks/post-checkout >100755 @13-15 +2 -0'],
    [
      'm04-symlink-escape',
      'add out >120000 @13-15 +1 -0 link ../..',
      'add out/evil.txt >100644 @21-22 +1 -0',
    ],
    ['m05-symlink-absolute', 'add conf/passwd >120000 @13-15 +1 -0 link /etc/passwd'],
    ['m06-rename-out', 'rename README.md -> ../../README.md +0 -0'],
    ['m07-octal-dotdot', 'add ../evil.txt >100644 @13-14 +1 -0'],
    ['m08-copy-from-outside', 'copy ../secret.txt -> leak.txt +0 -0'],
    ['m09-absolute-double-slash', 'add /tmp/evil.txt >100644 @13-14 +1 -0'],
    ['t01-path-with-spaces', 'modify docs/a file with spaces.txt 100644> @14-20 +1 -0'],
    ['t02-crlf-content', 'modify conf/crlf.ini 100644> @14-19 +1 -1'],
    ['t03-binary', 'modify data/blob.bin 100644> literal +0 -0'],
    ['t04-mode-only', 'modify bin/notexec.sh 100644>100755 +0 -0'],
    ['t05-new-file-no-eol', 'add docs/new.txt >100644 @16-19 +2 -0'],
    ['t06-delete', 'delete old/removed.txt 100644> @16-17 +0 -1'],
    ['t07-quoted-path', 'modify docs/übersicht.txt 100644> @14-18 +1 -0'],
    ['t08-p0-no-prefix', 'modify app.py 100644> @14-22 +1 -1'],
    ['t09-mail-mangled-crlf', 'modify src/app.py 100644> @14-22 +1 -1'],
    ['t10-plain-diff-u', 'modify src/app.py @3-11 +1 -1'],
    [
      't11-two-commits-one-mbox',
      'modify src/app.py 100644> @14-22 +1 -1',
      'modify src/app.py 100644> @39-47 +1 -1',
    ],
    ['t12-whitespace-errors', 'modify src/app.py 100644> @14-22 +1 -1'],
    ['t13-symlink-inside', 'add docs/readme >120000 @16-18 +1 -0 link ../README.md'],
    ['t14-truncated', 'modify src/app.py 100644> +0 -0', '19: patch-truncated'],
    ['t15-html-error-page', '1: patch-web-page'],
    ['t16-empty', '1: patch-empty'],
    ['t17-pure-rename', 'rename old/removed.txt -> docs/kept.txt +0 -0'],
  ])('%s', (name, ...shown) => {
    const text = readFileSync(join(data, `patches/tiny/${name}.patch`), 'utf8');
    expect(showPatch(text)).toEqual(shown);
  });
});
