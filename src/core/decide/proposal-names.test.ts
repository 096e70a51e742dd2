import { describe, expect, it } from 'vitest';
import { groupOf, moveOf } from '../../../test/support/proposals.ts';
import { branchOf, contentOf, targetOf } from './proposal-names.ts';

const series = '2025.2';
const [nova, keystone] = [
  moveOf('nova', '32.0.0', '32.1.0'),
  moveOf('keystone', '28.0.0', '28.0.1'),
];

describe('names of proposals', () => {
  it('give each lane one branch for ever', () => {
    expect(branchOf('main', { kind: 'refs', series })).toBe('pinwheel/main/2025.2/refs');
    expect(branchOf('stable/x', { kind: 'security', series, component: 'nova' })).toBe(
      'pinwheel/stable/x/2025.2/security/nova',
    );
  });

  it('tell targets by where the moves lead, in any order, and not by where they begin', () => {
    const lane = { kind: 'refs', series } as const;
    const target = targetOf(groupOf(lane, { moves: [nova, keystone] }));
    expect(targetOf(groupOf(lane, { moves: [keystone, nova] }))).toBe(target);
    const other = { ...nova, pin: { ...nova.pin, line: 7 } };
    expect(targetOf(groupOf(lane, { moves: [other, keystone] }))).toBe(target);
    const moved = { ...nova, commit: '0'.repeat(40) };
    expect(targetOf(groupOf(lane, { moves: [moved, keystone] }))).not.toBe(target);
  });

  it('tell contents by files and messages', () => {
    const commit = { message: 'm', edits: [{ path: 'a', text: 'x' }] };
    const content = contentOf([commit]);
    expect(contentOf([{ ...commit, edits: [{ path: 'a', text: Buffer.from('x') }] }])).toBe(
      content,
    );
    expect(contentOf([{ ...commit, message: 'n' }])).not.toBe(content);
    expect(contentOf([{ ...commit, edits: [{ path: 'a', text: undefined }] }])).not.toBe(content);
  });
});
