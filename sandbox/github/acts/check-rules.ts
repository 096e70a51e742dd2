import type { CheckAction, CheckAnnotation, CheckStatus, Conclusion } from '../state/nouns.ts';
import { failed, invalid } from '../state/refusal.ts';

/** The body of a request that makes or changes a check run; the contract has judged its shape. */
export interface CheckFields {
  readonly name?: string;
  readonly details_url?: string;
  readonly external_id?: string;
  readonly status?: CheckStatus;
  readonly started_at?: string;
  readonly conclusion?: Conclusion;
  readonly completed_at?: string;
  readonly output?: CheckOutput;
  readonly actions?: readonly CheckAction[];
}

export interface CheckOutput {
  readonly title?: string;
  readonly summary: string;
  readonly text?: string;
  readonly annotations?: readonly CheckAnnotation[];
}

const kilobytes64 = 65_536;

/** What GitHub refuses although its description allows it. */
export function checkFields(fields: CheckFields): void {
  checkConclusion(fields);
  if (fields.output) checkOutput(fields.output);
}

function checkConclusion({ status, conclusion, completed_at }: CheckFields): void {
  if (conclusion === undefined && (status === 'completed' || completed_at !== undefined)) {
    throw invalid('CheckRun', 'conclusion', 'is required for a completed check run');
  }
  if (conclusion !== undefined && status !== undefined && status !== 'completed') {
    throw invalid('CheckRun', 'status', 'must be completed when there is a conclusion');
  }
  if (conclusion === 'stale') throw invalid('CheckRun', 'conclusion', 'only GitHub can set stale');
}

function checkOutput({ summary, text = '', annotations = [] }: CheckOutput): void {
  // The description counts characters, GitHub's storage counts bytes of UTF-8.
  const longest = Math.max(Buffer.byteLength(summary), Buffer.byteLength(text));
  if (longest >= kilobytes64) {
    throw invalid('CheckRun', 'output', 'exceeds a maximum bytesize of 65535');
  }
  for (const annotation of annotations) checkAnnotation(annotation);
}

function checkAnnotation(annotation: CheckAnnotation): void {
  const { start_line, end_line, start_column, end_column, message, title, raw_details } =
    annotation;
  if (start_line < 1 || end_line < start_line) {
    throw failed('CheckAnnotation', 'end_line must come after start_line, and lines count from 1');
  }
  const hasColumns = start_column !== undefined || end_column !== undefined;
  if (hasColumns && start_line !== end_line) {
    throw failed('CheckAnnotation', 'columns are for annotations of one line');
  }
  if (message === '') throw invalid('CheckAnnotation', 'message', 'cannot be blank');
  if (
    Buffer.byteLength(message) > kilobytes64 ||
    Buffer.byteLength(raw_details ?? '') > kilobytes64
  ) {
    throw failed('CheckAnnotation', 'message and raw_details take 64 KB each');
  }
  if ((title ?? '').length > 255) throw invalid('CheckAnnotation', 'title', 'takes 255 characters');
}

const worstFirst: readonly Conclusion[] = [
  ...(['failure', 'timed_out', 'cancelled', 'action_required', 'stale', 'success'] as const),
  ...(['neutral', 'skipped'] as const),
];

/** The conclusion of a suite whose runs all have one. */
export function worstOf(conclusions: readonly (Conclusion | null)[]): Conclusion {
  return worstFirst.find((one) => conclusions.includes(one)) ?? 'neutral';
}
