import type { Failure } from '../model/failures.ts';
import type { Finding } from '../model/finding.ts';

interface Checked {
  readonly findings: readonly Finding[];
  readonly failed: readonly Failure[];
  readonly broken: boolean;
}

/** The command line's JSON; keys are a contract (docs/design.md). */
export function checkJson({ findings, failed }: Checked): object {
  return { patches: [], findings, failed };
}

export function checkSummary({ findings, failed, broken }: Checked): string {
  if (broken) return `${count(findings.length, 'broken place')}; nothing else was looked at`;
  const asks = findings.filter(({ level }) => level !== 'notice').length;
  const notes = findings.length - asks;
  const world = failed.length > 0 ? `; ${failed.length} could not be asked` : '';
  if (asks === 0) return `fine${notes > 0 ? `, with ${count(notes, 'note')}` : ''}${world}`;
  return `${count(asks, 'finding')}${notes > 0 ? ` and ${count(notes, 'note')}` : ''}${world}`;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
