import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changesOf, followed, readChanges } from './line-ranges.ts';

describe('changes of lines', () => {
  it('are read from a diff without context, whatever its lines say', () => {
    const diff = [
      'diff --git a/f b/f',
      '@@ -3 +3 @@ def f(x):',
      '-@@ -9,9 +9,9 @@',
      '+x',
      '@@ -7,2 +6,0 @@',
      '-a',
      '-b',
      '@@ -20,0 +19,3 @@',
    ].join('\n');
    expect(readChanges(diff)).toEqual([
      { before: { start: 3, count: 1 }, after: { start: 3, count: 1 } },
      { before: { start: 7, count: 2 }, after: { start: 6, count: 0 } },
      { before: { start: 20, count: 0 }, after: { start: 19, count: 3 } },
    ]);
  });

  it('are followed by the lines around them where none is left', () => {
    expect(followed({ start: 4, count: 3 })).toBe('4,6');
    expect(followed({ start: 4, count: 0 })).toBe('4,5');
    expect(followed({ start: 0, count: 0 })).toBe('1,1');
  });

  const range = fc.record({ start: fc.integer({ min: 1, max: 12 }), count: fc.nat(4) });
  const hunks = fc.record({
    oldStart: fc.integer({ min: 1, max: 12 }),
    oldLines: fc.integer({ min: 1, max: 5 }),
  });

  /** Half lines are gaps: 4.5 is what stands between lines 4 and 5. */
  function places({ start, count }: { readonly start: number; readonly count: number }) {
    const last = start + count - 1;
    if (count === 0) return [start + 0.5];
    return Array.from({ length: 2 * (last - start) + 1 }, (_, index) => start + index / 2);
  }

  it('are of a hunk where they share a line or a gap with it', () => {
    fc.assert(
      fc.property(range, hunks, (before, hunk) => {
        const own = new Set(places({ start: hunk.oldStart, count: hunk.oldLines }));
        const shares = places(before).some((place) => own.has(place));
        const change = { before, after: before };
        expect(changesOf([change], hunk, 0).length > 0).toBe(shares);
      }),
    );
  });

  it('reach one line further where that is asked for', () => {
    fc.assert(
      fc.property(range, hunks, (before, hunk) => {
        const wide = { oldStart: hunk.oldStart - 1, oldLines: hunk.oldLines + 2 };
        const change = { before, after: before };
        expect(changesOf([change], hunk, 1)).toEqual(changesOf([change], wide, 0));
      }),
    );
  });

  it('are of a hunk without old lines where they touch its gap', () => {
    const hunk = { oldStart: 5, oldLines: 0 };
    function at(start: number, count: number) {
      return [{ before: { start, count }, after: { start, count } }];
    }
    expect(changesOf(at(5, 0), hunk, 0)).toHaveLength(1);
    expect(changesOf(at(5, 1), hunk, 0)).toHaveLength(1);
    expect(changesOf(at(6, 1), hunk, 0)).toHaveLength(1);
    expect(changesOf(at(4, 1), hunk, 0)).toHaveLength(0);
    expect(changesOf(at(7, 1), hunk, 0)).toHaveLength(0);
  });
});
