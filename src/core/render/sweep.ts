import type { Outcome } from '../model/job.ts';
import { count } from './markdown.ts';

export interface SweptStep {
  readonly branch: string;
  readonly step: string;
  /** In GitHub's words, where it refused. */
  readonly why?: string;
}

/** What became of one base branch. */
export interface SweptBase {
  readonly base: string;
  /** Why nothing could be done at all. */
  readonly refused?: string;
  /** Branches by what was done about them. */
  readonly steps: readonly SweptStep[];
  readonly closed: readonly number[];
  /** What upstream did not say. */
  readonly unknown: number;
}

const writing: readonly string[] = ['open', 'update'];

/** A sweep in one line: what was written, or why nothing was. */
export function sweepOutcome(swept: readonly SweptBase[]): Outcome {
  const words = swept.map(baseWords).join('; ');
  if (swept.length === 0) return { kind: 'nothing', why: 'no branch is one of the base branches' };
  if (swept.every(({ refused }) => refused !== undefined)) return { kind: 'refused', why: words };
  const wrote = swept.some(
    ({ steps, closed }) => closed.length > 0 || steps.some(({ step }) => writing.includes(step)),
  );
  return wrote ? { kind: 'done', what: words } : { kind: 'nothing', why: words };
}

function baseWords({ base, refused, steps, closed, unknown }: SweptBase): string {
  if (refused !== undefined) return `${base}: ${refused}`;
  const byStep = Map.groupBy(steps, ({ step }) => step);
  const parts = [
    ...[...byStep].map(([step, some]) => `${some.length} ${stepWords[step] ?? step}${whyOf(some)}`),
    ...(closed.length > 0 ? [`${closed.length} closed`] : []),
    ...(unknown > 0 ? [`${count(unknown, 'question')} without an answer`] : []),
  ];
  return `${base}: ${parts.length === 0 ? 'nothing to propose' : parts.join(', ')}`;
}

function whyOf(steps: readonly SweptStep[]): string {
  const why = steps.find((step) => step.why !== undefined)?.why;
  return why === undefined ? '' : ` (${why})`;
}

const stepWords: Readonly<Record<string, string>> = {
  open: 'opened',
  update: 'updated',
  nothing: 'as they should be',
  ignored: 'closed by somebody, and left alone',
  held: 'held',
  waits: 'left as they are until upstream answers',
  'hands-off': 'with commits of others',
  raced: 'moved by somebody meanwhile',
  refused: 'refused by GitHub',
  'over-limit': 'over the limit of open pull requests',
};
