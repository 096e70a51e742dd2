import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPatch } from './patch-content.ts';
import { rewritePatch } from './patch-rewrite.ts';

function patchOf(text: string | Uint8Array) {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : text;
  return { bytes, files: readPatch(bytes, 'a.patch').value.files };
}

function rewritten(old: string | Uint8Array, diff: string): string {
  return Buffer.from(rewritePatch(patchOf(old), Buffer.from(diff, 'latin1'))).toString('latin1');
}

function part(name: string, line: number, index = 'index 1111111..2222222 100644\n'): string {
  const names = `--- a/${name}\n+++ b/${name}\n`;
  return `diff --git a/${name} b/${name}\n${index}${names}@@ -${line},1 +${line},1 @@\n-a\n+b\n`;
}

const head = `From ${'a'.repeat(40)} Mon Sep 17 00:00:00 2001\nFrom: A <a@example.org>\nSubject: [PATCH] Fix\n\nText.\n---\n x | 2 +-\n\n`;
const foot = '-- \n2.43.0\n\n';

describe('a patch with another diff', () => {
  it('has all but its diff byte for byte, whatever the bytes are', () => {
    const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => {
      const text = Buffer.from(array).toString('latin1');
      // No line that a diff could begin with.
      return text.replace(/^(?=[-@d])/gm, '.');
    });
    fc.assert(
      fc.property(bytes, bytes, (before, after) => {
        const [above, below] = [`${head}${before}\n`, `\n${foot}${after}`];
        const old = Buffer.from(above + part('x', 3) + part('y', 4) + below, 'latin1');
        const fresh = part('x', 7) + part('y', 9);
        expect(rewritten(old, fresh)).toBe(above + fresh + below);
      }),
    );
  });

  it('keeps the order of its files, and what stands between them', () => {
    const old = `${head}${part('y', 1)}Index: x\n${part('x', 1)}${foot}`;
    const fresh = part('x', 5) + part('y', 6);
    expect(rewritten(old, fresh)).toBe(`${head}${part('y', 6)}Index: x\n${part('x', 5)}${foot}`);
  });

  it('loses a file of which nothing is left, and one that it names twice for one', () => {
    expect(rewritten(head + part('x', 1) + part('y', 1) + foot, part('y', 5))).toBe(
      head + part('y', 5) + foot,
    );
    expect(rewritten(head + part('x', 1) + part('x', 9) + foot, part('x', 5))).toBe(
      head + part('x', 5) + foot,
    );
  });

  it('puts what a rename fell apart into where the rename stood', () => {
    const rename =
      'diff --git a/x b/z\nsimilarity index 90%\nrename from x\nrename to z\nindex 1111111..2222222 100644\n--- a/x\n+++ b/z\n@@ -1 +1 @@\n-a\n+b\n';
    const gone =
      'diff --git a/x b/x\ndeleted file mode 100644\nindex 1111111..0000000\n--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n';
    const fresh =
      'diff --git a/z b/z\nnew file mode 100644\nindex 0000000..2222222\n--- /dev/null\n+++ b/z\n@@ -0,0 +1 @@\n+b\n';
    const old = head + part('w', 1) + rename + foot;
    expect(rewritten(old, part('w', 1) + gone + fresh)).toBe(
      head + part('w', 1) + gone + fresh + foot,
    );
  });

  it('stays a plain diff with its own names and dates', () => {
    const plain =
      '--- a/x\t2024-01-01 00:00:00\n+++ b/x\t2024-01-02 00:00:00\n@@ -1 +1 @@\n-a\n+b\n';
    expect(rewritten(`Fix\n\n${plain}`, part('x', 8))).toBe(
      `Fix\n\n${plain.replace('@@ -1 +1 @@', '@@ -8,1 +8,1 @@')}`,
    );
    const added = '--- /dev/null\n+++ b/n\t2024-01-01 00:00:00\n@@ -0,0 +1 @@\n+n\n';
    const diff =
      'diff --git a/n b/n\nnew file mode 100644\nindex 0000000..1111111\n--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+m\n';
    expect(rewritten(added, diff)).toBe(added.replace('+n', '+m'));
    const executable = diff.replace('100644', '100755');
    expect(rewritten(added, executable)).toBe(executable.replace(/^index .*\n/m, ''));
  });

  it('says no blob ids where it said none', () => {
    expect(rewritten(head + part('x', 1, '') + foot, part('x', 5))).toBe(
      head + part('x', 5, '') + foot,
    );
  });

  it('has no line end after a patch that ends without one', () => {
    const old = `${part('x', 1)}\\ No newline at end of file`;
    expect(rewritten(old, part('x', 5))).toBe(part('x', 5));
  });
});
