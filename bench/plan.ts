import { createHash } from 'node:crypto';
import { catalogCells, planBuild } from '../src/core/decide/build-plan.ts';
import type { CellInputs } from '../src/core/decide/cell-inputs.ts';
import { readCatalog } from '../src/core/formats/catalog.ts';
import type { Catalog } from '../src/core/model/catalog.ts';
import type { BuildPlan } from '../src/core/model/plan.ts';
import type { Snapshot } from '../src/core/model/snapshot.ts';
import { runAlone } from './alone-runs.ts';
import { generateRepository } from './generated-repository.ts';
import type { Size } from './generated-repository.ts';
import { progress } from './report.ts';
import type { Benchmark, Report } from './report.ts';
import { median, quantile, timed } from './statistics.ts';

export const plan: Benchmark = {
  name: 'plan',
  about: 'which of 100 services x 4 series to build, against hashing the same bytes',
  run,
};

export const size: Size = { services: 100, series: 4 };
const rounds = 15;
const coldRounds = 3;

/** From files to a build plan, as `pinwheel plan --all` does it where all locks are fresh. */
export function planAll(snapshot: Snapshot): BuildPlan {
  const catalog = readCatalog(snapshot);
  return planBuild(catalog, cellsOf(catalog), { kind: 'all' });
}

async function run(): Promise<Report> {
  const snapshot = await generateRepository(size);
  const catalog = readCatalog(snapshot);
  if (catalog.problems[0]) throw new Error(catalog.problems[0].message);
  const cells = cellsOf(catalog);
  if (cells.length !== size.services * size.series) throw new Error(`${cells.length} cells`);
  const parts: readonly (readonly [string, () => unknown])[] = [
    ['read the catalog', () => readCatalog(snapshot)],
    ['cells and plan', () => planBuild(catalog, cellsOf(catalog), { kind: 'all' })],
    ['cells and plan, against a base', () => planBuild(catalog, cellsOf(catalog), against(cells))],
    ['floor: SHA-256 of all files', () => hashFiles(snapshot)],
    ['floor: SHA-256 of what the digests cover', () => hashInputs(cells)],
  ];
  const times = parts.map((): number[] => []);
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, [, work]] of parts.entries()) {
      const ms = await timed(work);
      if (round > 0) times[index]?.push(ms);
    }
  }
  const cold: number[] = [];
  for (let round = 0; round < coldRounds; round += 1) {
    progress('plan: in a new process');
    cold.push((await runAlone('plan')).firstMs);
  }
  const warm = times.map(median);
  const [read = 0, planned = 0, , files = 0, inputs = 0] = warm;
  return {
    title: `plan: ${size.services} services x ${size.series} series`,
    rows: parts.map(([what], index) => ({
      what,
      'warm ms': warm[index] ?? 0,
      'p99 ms': quantile(times[index] ?? [], 0.99),
    })),
    goals: [],
    notes: [
      `catalog, cells and plan together: warm ${(read + planned).toFixed(0)} ms, first in a new process ${median(cold).toFixed(0)} ms`,
      `${((read + planned) / files).toFixed(0)} times the SHA-256 of all files; cells and plan are ${(planned / inputs).toFixed(1)} times that of what the digests cover`,
      `${snapshot.files.size} files, ${(bytesOf(snapshot) / 1e6).toFixed(1)} MB; ${rounds} rounds in turns`,
    ],
  };
}

function cellsOf(catalog: Catalog): readonly CellInputs[] {
  const locked = catalog.series.flatMap((series) =>
    series.lock ? [{ catalog, series, lock: series.lock }] : [],
  );
  return catalogCells(catalog, locked);
}

function against(base: readonly CellInputs[]) {
  return { kind: 'affected', base } as const;
}

function hashFiles({ files }: Snapshot): string {
  const hash = createHash('sha256');
  for (const [path, { bytes }] of files) hash.update(`${path}\0`).update(bytes);
  return hash.digest('hex');
}

/** Once more over all that went into the cells' digests, which is there already. */
function hashInputs(cells: readonly CellInputs[]): string {
  const hash = createHash('sha256');
  for (const { parts } of cells) {
    for (const entries of parts.values()) {
      for (const { name, value } of entries) hash.update(`${name}\0${value}\0`);
    }
  }
  return hash.digest('hex');
}

function bytesOf({ files }: Snapshot): number {
  return [...files.values()].reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
}
