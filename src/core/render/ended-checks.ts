import { checkNames } from '../model/check-report.ts';
import type { CheckReport } from '../model/check-report.ts';
import { code } from './markdown.ts';

/** Why a commit could not be looked at, and who tries again. */
export interface Unchecked {
  readonly why: string;
  readonly again: 'by itself' | 'by hand';
}

const wayOut: Readonly<Record<Unchecked['again'], string>> = {
  'by itself': 'Pinwheel tries again by itself; *Re-run* asks for it at once.',
  'by hand':
    'Press *Re-run* to have it tried again. Where that does not help, tell whoever runs Pinwheel.',
};

/** All checks of a commit where nothing could be found out: no word on whether it is right or wrong. */
export function endedReports(head: string, { why, again }: Unchecked): readonly CheckReport[] {
  return checkNames.map((name) => ({
    ...{ name, head, annotations: [] },
    // Where the check is required, what was not looked at must not be merged: `neutral` would let it.
    conclusion: 'cancelled',
    title: 'could not be checked',
    summary: `**This commit could not be checked.**\n\n${code(why)}\n\n${wayOut[again]}\n`,
  }));
}
