import { describe, expect, it } from 'vitest';
import { readPatch } from './patch-content.ts';
import { comparableDiff, interdiffText } from './patch-interdiff.ts';

function comparable(text: string): string {
  const bytes = Buffer.from(text);
  const { files } = readPatch(bytes, 'a.patch').value;
  return Buffer.from(comparableDiff({ bytes, files })).toString();
}

const head = 'From: A <a@example.org>\nSubject: Fix\n\n---\n';

function part(hunk: string): string {
  return `diff --git a/x b/x\nindex 1111111..2222222 100644\n--- a/x\n+++ b/x\n${hunk}`;
}

describe('what is compared of a patch', () => {
  it('has neither line numbers nor blob ids, and nothing but the diff', () => {
    const text = `${head}${part('@@ -5 +5 @@ def f():\n-a\n+b\n')}-- \n2.43.0\n`;
    expect(comparable(text)).toBe('file x\n@@ def f():\n-a\n+b\n');
  });

  it('keeps lines of the text that only look like them', () => {
    const text = part('@@ -5 +5 @@\n-index 1\n+@@ -1 +1 @@\n');
    expect(comparable(text)).toBe('file x\n@@\n-index 1\n+@@ -1 +1 @@\n');
  });

  it('keeps modes and names', () => {
    const text =
      'diff --git a/x b/y\nold mode 100644\nnew mode 100755\nsimilarity index 100%\nrename from x\nrename to y\n';
    expect(comparable(text)).toBe(
      'file y\nold mode 100644\nnew mode 100755\nrename from x\nrename to y\n',
    );
  });
});

describe('a difference of patches', () => {
  it('has the file in its headings, and no numbers', () => {
    const hunks = '@@ -8,5 +8 @@ file a/b.py\n @@ -1 +1 @@\n-x\n@@ -90,2 +9,3 @@\n+y\n';
    expect(interdiffText(Buffer.from(hunks))).toBe('@@ a/b.py\n @@ -1 +1 @@\n-x\n@@\n+y\n');
  });
});
