import { describe, expect, it } from 'vitest';
import { holdsTwice, insertedBlocks } from './doubled-blocks.ts';
import { readPatch } from './patch-content.ts';

function blocksOf(hunk: string): readonly (readonly string[])[] {
  const body = hunk.split('\n').filter((line) => line !== '');
  function count(signs: RegExp): number {
    return body.filter((line) => signs.test(line)).length;
  }
  const range = `@@ -1,${count(/^[- ]/)} +1,${count(/^[+ ]/)} @@\n`;
  const bytes = Buffer.from(`--- a/f\n+++ b/f\n${range}${hunk}`);
  return insertedBlocks(bytes, readPatch(bytes, 'a.patch').value.files).get('f') ?? [];
}

const rule = ['RULE = (', "    'admin or '", "    'member'", ')'].map((line) => `${line}\n`);
const before = ' above = 1\n';
const insertion = blocksOf(`${before}${rule.map((line) => `+${line}`).join('')} below = 2\n`);

function twice(
  blocks: readonly (readonly string[])[],
  texts: { readonly ours: string; readonly merged: string; readonly theirs?: string },
): boolean {
  const { ours, merged, theirs = `above = 1\n${rule.join('')}below = 2\n` } = texts;
  const [a, b, c] = [ours, theirs, merged].map((text) => Buffer.from(text));
  return holdsTwice(blocks, { ours: a!, theirs: b!, merged: c! });
}

describe('a block that a merge puts in', () => {
  const ours = `above = 1\nother = 3\n${rule.join('')}below = 2\n`;

  it('is there twice where the source had it', () => {
    expect(twice(insertion, { ours, merged: `above = 1\n${rule.join('')}${ours}` })).toBe(true);
  });

  it('is there once where the source did not', () => {
    const merged = `above = 1\nother = 3\n${rule.join('')}below = 2\n`;
    expect(twice(insertion, { ours: 'above = 1\nother = 3\nbelow = 2\n', merged })).toBe(false);
  });

  it('is meant to be there as often as the patch leaves it', () => {
    const two = `above = 1\n${rule.join('')}${rule.join('')}`;
    expect(twice(insertion, { ours, merged: two, theirs: two })).toBe(false);
  });

  it('is found in another edition, where most of its lines are the same', () => {
    const block = Array.from({ length: 10 }, (_, n) => `    line_${n}()\n`);
    const added = blocksOf(`${before}${block.map((line) => `+${line}`).join('')}`);
    function editionFrom(from: number) {
      const ours = block.map((line, n) => (n < from ? line : `#${line}`)).join('');
      return { ours, merged: block.join('') + ours, theirs: block.join('') };
    }
    expect(twice(added, editionFrom(6))).toBe(true);
    expect(twice(added, editionFrom(5))).toBe(false);
  });

  it('says nothing where it is short, or takes the place of other lines', () => {
    const short = blocksOf(`${before}+    if not found:\n+        continue\n+\n+    )\n`);
    const text = '    if not found:\n        continue\n';
    expect(twice(short, { ours: text, merged: text + text, theirs: text })).toBe(false);
    const replacing = blocksOf(`-old\n${rule.map((line) => `+${line}`).join('')}`);
    expect(twice(replacing, { ours, merged: ours + ours })).toBe(false);
  });

  it('is looked for in a time that grows with the text alone', () => {
    const many = 'the same line\n'.repeat(100_000);
    const added = [many.split(/(?<=\n)/)];
    expect(twice(added, { ours: many, merged: many + many, theirs: many })).toBe(true);
  });
});
