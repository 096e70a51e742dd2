import { constraintDelta } from '../src/core/decide/constraint-delta.ts';
import { readConstraints } from '../src/core/formats/constraints.ts';
import type { ConstraintDelta } from '../src/core/model/update.ts';
import { runAlone } from './alone-runs.ts';
import type { Benchmark, Report } from './report.ts';
import { inTurns, median, quantile, ratioOf } from './statistics.ts';
import { constraintTexts, hasRealData } from './data.ts';

export const constraints: Benchmark = {
  name: 'constraints',
  about: 'parse and diff of two upper-constraints.txt, against splitting them into lines',
  run,
};

const rounds = 3000;
const coldRounds = 5;
/** Rounds after which the compiler has done what it will do. */
const warmUp = 500;

type Texts = readonly [from: string, to: string];

/** The files of the two series that are compared. */
export function twoTexts(): Texts {
  const texts = constraintTexts();
  return [texts.get('2025.1') ?? '', texts.get('2025.2') ?? ''];
}

export function parseAndDiff([from, to]: Texts): ConstraintDelta {
  const path = 'upper-constraints.txt';
  return constraintDelta(readConstraints(from, path).value, readConstraints(to, path).value);
}

/** The least that any reader of these files does. */
function splitOnly(texts: Texts): number {
  const maps = texts.map((text) => new Map(text.split('\n').map((line) => [line, line])));
  return maps.reduce((sum, { size }) => sum + size, 0);
}

async function run(): Promise<Report> {
  const texts = twoTexts();
  const { changed, added, removed } = parseAndDiff(texts);
  function ours(): number {
    return timedNow(() => parseAndDiff(texts));
  }
  function floor(): number {
    return timedNow(() => splitOnly(texts));
  }
  await inTurns(warmUp, ours, floor);
  const times = await inTurns(rounds, ours, floor);
  const cold: number[] = [];
  for (let round = 0; round < coldRounds; round += 1) {
    cold.push((await runAlone('constraints')).firstMs);
  }
  const warmMs = median(times.ours);
  return {
    title: 'constraints: parse and diff of two series',
    rows: [
      row('parse both and diff', times.ours, median(cold)),
      row('floor: lines and a Map', times.theirs, ''),
    ],
    goals: [{ what: 'warm median, ms', measured: warmMs, atMost: 1 }],
    notes: [
      `${changed.length} changed, ${added.length} added, ${removed.length} removed; ${rounds} rounds in turns after ${warmUp} to warm up`,
      `${(1 / ratioOf(times).median).toFixed(1)} times the floor; cold is the first call of a new process`,
      ...(hasRealData ? [] : ['../shared/upstream is not there: the two files are made up']),
    ],
  };
}

function row(what: string, times: readonly number[], coldMs: number | string) {
  return { what, 'warm ms': median(times), 'p99 ms': quantile(times, 0.99), 'cold ms': coldMs };
}

/** Without a promise, which would cost as much as the floor. */
function timedNow(work: () => unknown): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}
