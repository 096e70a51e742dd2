import { describe, expect, it } from 'vitest';
import { catalogOf, tagPin } from '../../../test/support/facts.ts';
import type { Failure } from '../model/failures.ts';
import { unsettledSeries } from './unsettled.ts';

const catalog = catalogOf([
  tagPin('2025.1', 'nova', '31.0.0'),
  tagPin('2025.2', 'nova', '32.0.0'),
  tagPin('2025.2', 'ovn', 'v25.03.0'),
]);

function unsettled(...failed: readonly Omit<Failure, 'what' | 'why'>[]): readonly string[] {
  const all = failed.map((one) => ({ what: 'it', why: 'no answer', ...one }));
  return [...unsettledSeries(catalog, all)];
}

describe('series of which it is not known what would move', () => {
  it('are those that pin what did not answer', () => {
    expect(unsettled()).toEqual([]);
    expect(unsettled({ about: { kind: 'component', component: 'ovn' } })).toEqual(['2025.2']);
    expect(unsettled({ about: { kind: 'component', component: 'nova' } })).toHaveLength(2);
    const patches = { kind: 'patches', component: 'nova', series: '2025.1' } as const;
    expect(unsettled({ about: patches })).toEqual(['2025.1']);
  });

  it('are all where the failure is of nothing in particular', () => {
    expect(unsettled({})).toEqual(['2025.1', '2025.2']);
  });

  it('are none where upstream did answer, or only constraints are missing', () => {
    const nova = { kind: 'component', component: 'nova' } as const;
    expect(unsettled({ about: nova, absent: true })).toEqual([]);
    expect(unsettled({ about: { kind: 'constraints', series: '2025.1' } })).toEqual([]);
  });
});
