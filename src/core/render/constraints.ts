import { constraintLine } from '../model/constraints.ts';
import type { ConstraintSet } from '../model/constraints.ts';

/** A constraint set as the file that pip and uv read: one pin a line, in order. */
export function constraintsOutput(set: ConstraintSet): string {
  return set.map((entry) => `${constraintLine(entry)}\n`).join('');
}
