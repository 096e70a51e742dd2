import type { RunJob } from '../model/build.ts';
import { cellName } from '../model/plan.ts';
import type { PlannedCell } from '../model/plan.ts';

interface Wanted {
  readonly cell: Pick<PlannedCell, 'service' | 'series'>;
  /** A cell that is published has come through when its tag has, not with its platforms. */
  readonly publish: boolean;
}

/**
 * The one job that says how a cell stands, from all that it has: `nova/2025.2` alone, or one for each
 * platform (`nova/2025.2 arm64`) and `tag nova/2025.2` after them. A reusable workflow puts its own
 * name before.
 */
export function jobOfCell({ cell, publish }: Wanted, jobs: readonly RunJob[]): RunJob | undefined {
  const name = cellName(cell);
  const plain = jobs.map((job) => ({ job, own: job.name.split(' / ').at(-1) ?? '' }));
  const alone = plain.find(({ own }) => own === name);
  if (alone) return alone.job;
  const platforms = plain
    .filter(({ own }) => /^ \w+$/.test(after(own, name)))
    .map(({ job }) => job);
  const tag = plain.find(({ own }) => own === `tag ${name}`)?.job;
  const known = tag ? [...platforms, tag] : platforms;
  const first = known[0];
  if (!first) return undefined;
  const whole = joined(first, known);
  if (!publish || tag || !isGood(whole)) return whole;
  // Between its platforms and its tag a cell has nothing that runs, and is not there yet.
  return unended(whole, 'in_progress');
}

function unended({ id, name, attempt, startedAt, url }: RunJob, status: RunJob['status']): RunJob {
  return { id, name, attempt, url, status, ...(startedAt !== undefined && { startedAt }) };
}

function after(text: string, start: string): string {
  return text.startsWith(start) ? text.slice(start.length) : '';
}

function isGood({ conclusion }: RunJob): boolean {
  return conclusion === 'success' || conclusion === 'neutral';
}

/** Ended when all have; then it is the first that failed, for its log is the one that tells. */
function joined(first: RunJob, jobs: readonly RunJob[]): RunJob {
  const starts = jobs.flatMap(({ startedAt }) => startedAt ?? []);
  const open = jobs.filter(({ status }) => status !== 'completed');
  const ended = jobs.filter(({ status }) => status === 'completed');
  const bad = ended.filter((job) => !isGood(job));
  const telling = bad.find(({ conclusion }) => conclusion === 'failure') ?? bad[0];
  // One that came through keeps the number of the attempt that it came through in.
  const attempt = telling?.attempt ?? Math.max(...jobs.map((job) => job.attempt));
  const begun = { attempt, ...(starts.length > 0 && { startedAt: Math.min(...starts) }) };
  const waiting = open.find(({ status }) => status === 'in_progress') ?? open[0];
  if (waiting) {
    const isRunning = waiting.status === 'in_progress' || ended.length > 0;
    return unended({ ...waiting, ...begun }, isRunning ? 'in_progress' : 'queued');
  }
  const ends = jobs.flatMap(({ endedAt }) => endedAt ?? []);
  const last = telling ?? jobs.at(-1) ?? first;
  return { ...last, ...begun, ...(ends.length > 0 && { endedAt: Math.max(...ends) }) };
}
