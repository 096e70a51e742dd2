import { expect } from 'vitest';
import { syncConstraints } from '../../src/core/decide/constraint-sync.ts';
import type { SyncInput } from '../../src/core/decide/constraint-sync.ts';
import type { ConstraintsFile } from '../../src/core/model/constraints.ts';
import type { ConstraintMove } from '../../src/core/model/update.ts';
import { constraintsOf } from './constraint-files.ts';

export const oldCommit = 'b'.repeat(40);
const commit = 'c'.repeat(40);
export const provenance = `# openstack/requirements stable/2025.2 ${commit} (synced by pinwheel)`;

export const base = constraintsOf('a===1', 'click===8.2.2', 'b===1', 'z===1');
export const upstream = constraintsOf('a===1', 'click===8.2.3', 'b===2', 'z===1');

/** A sync of four pins of which upstream changed two, with what a test wants to be otherwise. */
export function sync(more: Partial<SyncInput>): ConstraintMove | undefined {
  const rest = { series: '2025.2', ref: 'stable/2025.2', commit, overrides: undefined };
  return syncConstraints({ ...rest, base, local: base, upstream, ...more });
}

/** A vendored file that says where it is from. */
export function local(...lines: readonly string[]): ConstraintsFile {
  const from = `# openstack/requirements stable/2025.2 ${oldCommit} (synced by pinwheel)`;
  return constraintsOf(from, ...lines);
}

/** The lines of a move after the one that says where they are from. */
export function linesAfter(move: ConstraintMove | undefined): readonly string[] {
  const [first, ...lines] = move?.text.split('\n') ?? [];
  expect(first).toBe(provenance);
  expect(lines.pop()).toBe('');
  return lines;
}
