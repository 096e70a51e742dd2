/** Numbers that look random and follow from a seed: ids, tokens and faults are the same in every run. */
export interface Chance {
  /** From 0 up to, but not including, 1. */
  next(): number;
  /** So many characters of `[0-9a-f]`. */
  hex(length: number): string;
  /** A UUID, as GitHub numbers deliveries. */
  guid(): string;
}

/** mulberry32. */
export function seededChance(seed: number): Chance {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  }
  function hex(length: number): string {
    const digits = Array.from({ length }, () => Math.floor(next() * 16).toString(16));
    return digits.join('');
  }
  return {
    next,
    hex,
    guid: () => `${hex(8)}-${hex(4)}-11f0-${hex(4)}-${hex(12)}`,
  };
}
