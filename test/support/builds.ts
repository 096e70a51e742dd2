import type { PlannedCell } from '../../src/core/model/plan.ts';
import { newBuild } from '../../src/core/decide/build-dispatch.ts';
import type { RunReport } from '../../src/core/decide/build-state.ts';
import type { NewBuild } from '../../src/core/decide/build-dispatch.ts';
import type { Build, RunFacts, RunJob } from '../../src/core/model/build.ts';

/** A cell that is built because its source changed. */
export function plannedCell(name: string, change: Partial<PlannedCell> = {}): PlannedCell {
  const [service = '', series = ''] = name.split('/');
  return {
    ...{ service, series, sharedBy: [], ref: '32.0.1', version: '32.0.1', patches: 0 },
    commit: 'c'.repeat(40),
    digest: `v1:sha256:${'d'.repeat(64)}`,
    why: { kind: 'changed', changes: [{ part: 'source', detail: '32.0.0 → 32.0.1' }] },
    ...change,
  };
}

export function buildFor(names: readonly string[], change: Partial<NewBuild> = {}): Build {
  return newBuild({
    repository: { installation: 1, owner: 'acme', name: 'images' },
    head: 'a'.repeat(40),
    lane: 'pull/12',
    publish: false,
    cause: { kind: 'pull request', number: 12 },
    cells: names.map((name) => plannedCell(name)),
    now: 1000,
    occasion: 'head',
    ...change,
  });
}

export function runFacts(change: Partial<RunFacts> = {}): RunFacts {
  return {
    ...{ id: 7, url: 'https://example.org/runs/7', name: 'Build pw', attempt: 1 },
    ...{ status: 'in_progress', startedAt: 1000, ...change },
  };
}

export function runJob(name: string, change: Partial<RunJob> = {}): RunJob {
  return {
    ...{ id: 70, name, attempt: 1, status: 'in_progress', startedAt: 2000 },
    ...{ url: 'https://example.org/jobs/70', ...change },
  };
}

export const nova = 'nova/2025.2';

/** Asked for at 1000. */
export function dispatched(names: readonly string[] = [nova]): Build {
  const build = buildFor(names);
  return { ...build, runs: build.runs.map((run) => ({ ...run, dispatchedAt: 1000 })) };
}

/** As GitHub shows it. */
export function found(
  run: Parameters<typeof runFacts>[0],
  ...jobs: ReturnType<typeof runJob>[]
): RunReport {
  return { kind: 'found', run: runFacts(run), jobs };
}
