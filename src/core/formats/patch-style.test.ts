import { describe, expect, it } from 'vitest';
import { readPatch } from './patch-content.ts';
import { patchStyle } from './patch-style.ts';

function styleOf(text: string) {
  const bytes = Buffer.from(text);
  return patchStyle(bytes, readPatch(bytes, 'a.patch').value.files);
}

function section(name: string, hunks: string, index = 'index 1234567890..abcdef0123 100644\n') {
  return `diff --git a/${name} b/${name}\n${index}--- a/${name}\n+++ b/${name}\n${hunks}`;
}

/** A hunk with that much context before its one change, and after it. */
function hunk(start: number, before: number, after: number): string {
  const length = before + after + 1;
  const [above, below] = [' x\n'.repeat(before), ' y\n'.repeat(after)];
  return `@@ -${start},${length} +${start},${length} @@\n${above}-a\n+b\n${below}`;
}

describe('the style of a patch', () => {
  it('is that of git where the patch says nothing', () => {
    expect(styleOf(section('f', '@@ -1 +1 @@\n-a\n+b\n', ''))).toEqual({
      context: 3,
      digits: 7,
      binary: false,
      quotedNames: true,
    });
  });

  it.each([
    [5, hunk(20, 5, 5)],
    [1, hunk(20, 1, 1)],
    // The end of the file cuts the context short.
    [3, hunk(20, 3, 0)],
    // The start of the file does, and what follows is more than usual.
    [6, hunk(1, 0, 6)],
    [3, hunk(1, 0, 2)],
    // One hunk was cut by hand.
    [3, hunk(20, 3, 3) + hunk(40, 3, 3) + hunk(60, 1, 3)],
  ])('has %i lines of context', (context, hunks) => {
    expect(styleOf(section('f', hunks)).context).toBe(context);
  });

  it('does not learn about context from files that come or go whole', () => {
    const added = '--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+n\n';
    const head = 'diff --git a/n b/n\nnew file mode 100644\nindex 0000000..1234567\n';
    expect(styleOf(head + added + section('o', hunk(9, 4, 4))).context).toBe(4);
  });

  it('counts the digits of blob ids, but not of those that are not text', () => {
    expect(styleOf(section('f', hunk(9, 3, 3))).digits).toBe(10);
    const ids = `${'1'.repeat(40)}..${'2'.repeat(40)}`;
    const data = 'GIT binary patch\nliteral 1\nIcmZPo000310RR91\n\n';
    const binary = `diff --git a/b b/b\nindex ${ids} 100644\n${data}literal 0\nHcmV?d00001\n\n`;
    expect(styleOf(binary + section('f', hunk(9, 3, 3)))).toMatchObject({
      binary: true,
      digits: 10,
    });
    expect(styleOf(section('f', hunk(9, 3, 3), `index ${ids} 100644\n`)).digits).toBe(40);
  });

  it('knows names that are not quoted', () => {
    expect(styleOf(section('näme', hunk(9, 3, 3))).quotedNames).toBe(false);
    expect(styleOf(section('name', hunk(9, 3, 3).replace('x', 'ü'))).quotedNames).toBe(true);
  });
});
