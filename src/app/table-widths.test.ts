import { describe, expect, it } from 'vitest';
import { columnWidths } from './table-widths.ts';

const sentence = 'newest release of its series, and a reason that goes on for a while';

function drawn(widths: readonly number[]): number {
  return widths.reduce((total, width) => total + width + 1, 1);
}

describe('the columns of a table', () => {
  it('are as wide as their texts where there is room', () => {
    expect(columnWidths([['series'], ['2025.2']], 80)).toEqual([8]);
    expect(
      columnWidths(
        [
          ['a', 'why'],
          ['x'.repeat(50), sentence],
        ],
        200,
      ),
    ).toEqual([52, 69]);
  });

  it('let the last one wrap first', () => {
    const widths = columnWidths(
      [
        ['component', 'why'],
        ['oslo.messaging', sentence],
      ],
      60,
    );
    expect(widths).toEqual([16, 41]);
    expect(drawn(widths)).toBe(60);
  });

  it.each([60, 80, 120])('fit a terminal of %i columns when a name is very long', (terminal) => {
    const row = ['2025.2', 'n'.repeat(70), 'stable/2025.2', sentence];
    expect(drawn(columnWidths([row], terminal))).toBeLessThanOrEqual(terminal);
  });

  it('stay readable where nothing fits', () => {
    expect(columnWidths([['n'.repeat(70), sentence]], 10)).toEqual([10, 20]);
  });
});
