import { readConstraints } from '../../src/core/formats/constraints.ts';
import { readOverrides } from '../../src/core/formats/overrides.ts';
import type { ConstraintsFile, OverridesFile } from '../../src/core/model/constraints.ts';
import type { Marker } from '../../src/core/model/marker.ts';

/** A constraints file with these lines, each ended by a newline. */
export function constraintsOf(...lines: readonly string[]): ConstraintsFile {
  return constraintsIn(lines.map((line) => `${line}\n`).join(''));
}

/** A constraints file with just this text. */
export function constraintsIn(text: string): ConstraintsFile {
  return readConstraints(text, 'releases/2025.2/upper-constraints.txt').value;
}

/** An overrides file with these lines. */
export function overridesOf(...lines: readonly string[]): OverridesFile {
  return readOverrides(lines.join('\n'), 'overrides/2025.2/constraints.txt').value;
}

/** A marker as a constraints file has it. */
export function markerOf(text: string): Marker | undefined {
  const { value, problems } = readConstraints(`name===1;${text}\n`, 'upper-constraints.txt');
  if (problems[0]) throw new Error(problems[0].message);
  return value.entries[0]?.marker;
}
