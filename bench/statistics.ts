export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which a share of the values lies, without interpolation except in the middle. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  if (share === 0.5 && Number.isInteger(middle)) {
    return ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
  }
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

export interface Pairs<A, B> {
  readonly ours: readonly A[];
  readonly theirs: readonly B[];
}

/** Runs two things in turns, so that what else the machine does at the time slows both. */
export async function inTurns<A, B>(
  pairs: number,
  ours: () => Promise<A> | A,
  theirs: () => Promise<B> | B,
): Promise<Pairs<A, B>> {
  const results: { ours: A[]; theirs: B[] } = { ours: [], theirs: [] };
  for (let pair = 0; pair < pairs; pair += 1) {
    results.ours.push(await ours());
    results.theirs.push(await theirs());
  }
  return results;
}

export interface Ratio {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** How many times theirs is ours, pair by pair. */
export function ratioOf({ ours, theirs }: Pairs<number, number>): Ratio {
  const ratios = theirs.map((value, index) => value / (ours[index] ?? NaN));
  return { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
}

/** Milliseconds that some work takes. */
export async function timed(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
