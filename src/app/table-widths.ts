/** A space on either side of every cell. */
const padding = 2;
/** What a column is not narrowed below; the last one has sentences. */
const narrowest = 10;
const narrowestLast = 20;

/**
 * Widths of a table's columns, given all its rows: as wide as their texts where the terminal has the room.
 * Where it has not, the last column wraps; when that is not enough, the widest of the others give way.
 */
export function columnWidths(
  rows: readonly (readonly string[])[],
  terminal: number,
): readonly number[] {
  const natural = (rows[0] ?? []).map(
    (_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)) + padding,
  );
  const last = natural.at(-1) ?? 0;
  const room = terminal - (natural.length + 1);
  const first = narrowed(natural.slice(0, -1), room - Math.min(last, narrowestLast));
  return [...first, Math.min(last, Math.max(narrowestLast, room - sum(first)))];
}

function narrowed(widths: readonly number[], room: number): readonly number[] {
  let cap = Math.max(narrowest, Math.min(room, Math.max(...widths)));
  while (cap > narrowest && sum(capped(widths, cap)) > room) cap -= 1;
  return capped(widths, cap);
}

function capped(widths: readonly number[], cap: number): readonly number[] {
  return widths.map((width) => Math.min(width, cap));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
