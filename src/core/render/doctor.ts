import type { Table } from './table.ts';

/** One thing that has to be there. */
export interface Diagnosis {
  readonly what: string;
  readonly ok: boolean;
  /** What was found, or what is wrong. */
  readonly found: string;
  /** What to do; `''` where nothing is to be done. */
  readonly remedy: string;
}

export function doctorTable(diagnoses: readonly Diagnosis[]): Table {
  return {
    title: 'What Pinwheel needs',
    head: ['', 'what', 'found', 'what to do'],
    rows: diagnoses.map(({ what, ok, found, remedy }) => [
      ok ? 'ok' : 'MISSING',
      what,
      found,
      remedy,
    ]),
  };
}

export function doctorSummary(diagnoses: readonly Diagnosis[]): string {
  const missing = diagnoses.filter(({ ok }) => !ok).length;
  return missing === 0 ? 'everything is there' : `${missing} of ${diagnoses.length} missing`;
}
