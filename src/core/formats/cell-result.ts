import * as v from 'valibot';
import type { CellResult } from '../model/build.ts';
import { cellName } from '../model/plan.ts';

const word = v.pipe(v.string(), v.maxLength(200), v.regex(/^[\x21-\x7e]*$/));
const shape = v.object({
  service: word,
  series: word,
  version: word,
  // Empty where nothing was pushed.
  image: v.optional(v.pipe(v.string(), v.regex(/^(?:sha256:[0-9a-f]{64})?$/)), ''),
  tags: v.optional(v.pipe(v.array(word), v.maxLength(50)), []),
  packages: v.optional(v.pipe(v.array(word), v.maxLength(5_000)), []),
});

/**
 * The result file of a cell, as the workflow uploads it; `undefined` where it is none, or that of another
 * cell: a build of a pull request may have written anything.
 */
export function readCellResult(text: string, cell: string): CellResult | undefined {
  try {
    const read = v.safeParse(shape, JSON.parse(text));
    if (!read.success || cellName(read.output) !== cell) return undefined;
    const { version, image, tags, packages } = read.output;
    return { version, ...(image !== '' && { image }), tags, packages };
  } catch {
    return undefined;
  }
}
