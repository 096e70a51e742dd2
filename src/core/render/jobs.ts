import type { JobRequest } from '../model/job.ts';
import { jobWords } from './job-words.ts';
import { count } from './markdown.ts';
import type { Table } from './table.ts';

/** A job that failed too often. Times in milliseconds since 1970. */
export interface ShownDeadJob {
  readonly id: string;
  readonly request: JobRequest;
  readonly failures: number;
  readonly error: string;
  readonly diedAt: number;
}

export interface ShownCount {
  readonly kind: string;
  readonly state: string;
  readonly count: number;
  readonly oldestMs: number;
}

export function deadTable(dead: readonly ShownDeadJob[], now: number): Table {
  return {
    title: 'Dead jobs',
    head: ['id', 'what', 'died', 'failures', 'last failure'],
    rows: dead.map(({ id, request, diedAt, failures, error }) => [
      id,
      jobWords(request),
      `${age(now - diedAt)} ago`,
      String(failures),
      error,
    ]),
  };
}

export function countTable(counts: readonly ShownCount[]): Table {
  return {
    title: 'Jobs',
    head: ['kind', 'state', 'how many', 'the oldest is of'],
    rows: counts.map(({ kind, state, count: many, oldestMs }) => [
      kind,
      state,
      String(many),
      `${age(oldestMs)} ago`,
    ]),
  };
}

export function jobsSummary(dead: readonly ShownDeadJob[]): string {
  if (dead.length === 0) return 'no job is dead';
  return `${count(dead.length, 'dead job')}: pinwheel jobs --retry ID has one run again, --retry all each`;
}

/** The command line's JSON; keys are a contract. */
export function jobsJson(dead: readonly ShownDeadJob[], counts: readonly ShownCount[]): object {
  return {
    jobs: counts.map(({ kind, state, count: many, oldestMs }) => ({
      ...{ kind, state, count: many, oldestMs },
    })),
    dead: dead.map(({ id, request, failures, error, diedAt }) => ({
      ...{ id, what: jobWords(request), request, failures, error, diedAt },
    })),
  };
}

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

function age(ms: number): string {
  const [unit, size] = units.find(([, one]) => ms >= one) ?? ['second', 1000];
  return count(Math.max(0, Math.floor(ms / size)), unit);
}
