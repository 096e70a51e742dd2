import { describe, expect, it } from 'vitest';
import { catalogOf, tagPin } from '../../../test/support/facts.ts';
import type { Failure } from '../model/failures.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { touches } from './touches.ts';

const before = [tagPin('2025.1', 'nova', '31.0.0'), tagPin('2025.2', 'nova', '32.0.0')];

function snapshot(files: Readonly<Record<string, string>>): Snapshot {
  const entries = Object.entries(files).map(
    ([path, text]) => [path, { mode: 'file', bytes: Buffer.from(text) }] as const,
  );
  return { files: new Map(entries) };
}

const files = { 'releases/2025.2/upper-constraints.txt': 'a', 'patches/nova/2025.2/1.patch': 'a' };

function touched(
  about: Failure['about'],
  changed: Readonly<Record<string, string>>,
  pins = before,
): boolean {
  const base = { catalog: catalogOf(before), snapshot: snapshot(files) };
  const head = { catalog: catalogOf(pins), snapshot: snapshot({ ...files, ...changed }) };
  const failure = { what: 'it', why: 'no answer', ...(about && { about }) };
  return touches({ base, head })(failure);
}

const nova = { kind: 'component', component: 'nova' } as const;
const old = { ...nova, series: '2025.1' };
const queue = { kind: 'patches', component: 'nova', series: '2025.2' } as const;
const constraints = { kind: 'constraints', series: '2025.2' } as const;

describe('a change is about what could not be asked', () => {
  it('where it moves the pin', () => {
    const moved = [before[0] ?? tagPin('', '', ''), tagPin('2025.2', 'nova', '32.1.0')];
    expect(touched(nova, {}, moved)).toBe(true);
    expect(touched(queue, {}, moved)).toBe(true);
    expect(touched(old, {}, moved)).toBe(false);
    expect(touched(nova, {})).toBe(false);
  });

  it('where it changes its patches, constraints or overrides', () => {
    expect(touched(queue, { 'patches/nova/2025.2/1.patch': 'b' })).toBe(true);
    expect(touched(queue, { 'patches/nova-extra/2025.2/1.patch': 'b' })).toBe(false);
    expect(touched(constraints, { 'releases/2025.2/upper-constraints.txt': 'b' })).toBe(true);
    expect(touched(constraints, { 'overrides/2025.2/constraints.txt': 'b' })).toBe(true);
    expect(touched(constraints, { 'overrides/2025.1/constraints.txt': 'b' })).toBe(false);
  });

  it('where nothing could be asked and it changes anything that upstream knows of', () => {
    expect(touched(undefined, { 'releases/2025.2/source-refs.yaml': 'b' })).toBe(true);
    expect(touched(undefined, { 'README.md': 'b' })).toBe(false);
  });
});
