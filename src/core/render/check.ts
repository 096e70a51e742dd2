import type { Failure } from '../model/failures.ts';
import type { Finding } from '../model/finding.ts';
import type { CarriedPatch } from '../model/patch-carry.ts';
import type { JudgedQueue, PatchRepair } from '../model/patch-verdict.ts';
import { carryJson } from './patch-carry.ts';
import { fixedJson } from './patch-repairs.ts';
import { patchesJson } from './patch-verdicts.ts';

interface Checked {
  readonly queues: readonly JudgedQueue[];
  readonly findings: readonly Finding[];
  readonly failed: readonly Failure[];
  readonly broken: boolean;
  readonly carry?: readonly CarriedPatch[];
  readonly fixed?: readonly PatchRepair[];
}

/** The command line's JSON; keys are a contract (docs/design.md). */
export function checkJson({ queues, findings, failed, carry, fixed }: Checked): object {
  const more = {
    ...(carry && { carry: carryJson(carry) }),
    ...(fixed && { fixed: fixedJson(fixed) }),
  };
  return { patches: patchesJson(queues), findings, failed, ...more };
}

export function checkSummary({ findings, failed, broken }: Omit<Checked, 'queues'>): string {
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
