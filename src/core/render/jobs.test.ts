import { describe, expect, it } from 'vitest';
import { countTable, deadTable, jobsJson, jobsSummary } from './jobs.ts';

const request = {
  kind: 'check',
  repository: { installation: 1, owner: 'acme', name: 'images' },
  head: 'abcdef0123456789abcdef0123456789abcdef01',
} as const;
const dead = [{ id: 'j1', request, failures: 20, error: 'GitHub: 502', diedAt: 1_000_000 }];

describe('the jobs of the store', () => {
  it('that are dead are shown with what they were for, and how to run them again', () => {
    expect(deadTable(dead, 1_000_000 + 2 * 3_600_000 + 59_000).rows).toEqual([
      ['j1', 'check acme/images abcdef012345', '2 hours ago', '20', 'GitHub: 502'],
    ]);
    expect(jobsSummary(dead)).toBe(
      '1 dead job: pinwheel jobs --retry ID has one run again, --retry all each',
    );
    expect(jobsSummary([])).toBe('no job is dead');
  });

  it('are counted, with the age of the oldest', () => {
    const counts = [{ kind: 'sweep', state: 'waiting', count: 3, oldestMs: 61_000 }];
    expect(countTable(counts).rows).toEqual([['sweep', 'waiting', '3', '1 minute ago']]);
    expect(jobsJson(dead, counts)).toEqual({
      jobs: counts,
      dead: [{ ...dead[0], what: 'check acme/images abcdef012345' }],
    });
  });
});
