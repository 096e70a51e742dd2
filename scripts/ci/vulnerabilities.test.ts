import { describe, expect, test } from 'vitest';
import { judgeScan } from './vulnerabilities.ts';
import type { Match } from './vulnerabilities.ts';

function match(id: string, severity: string, state: string): Match {
  return {
    vulnerability: { id, severity, fix: { state, versions: ['2.0'] } },
    artifact: { name: 'requests', version: '1.0' },
  };
}

const today = '2026-11-22';
const here = { service: 'nova', today };

describe('a scan', () => {
  test('ends a publish with what is severe and has a fix, and with nothing else', () => {
    const matches = [
      match('CVE-1', 'Critical', 'fixed'),
      match('CVE-2', 'High', 'not-fixed'),
      match('CVE-3', 'Medium', 'fixed'),
    ];
    expect(judgeScan(matches, [], here)).toEqual({
      refused: ['CVE-1 (Critical) in requests 1.0, fixed in 2.0'],
      allowed: [],
    });
  });

  test('knows an allowed one by any of its names', () => {
    const github = {
      ...match('GHSA-1', 'High', 'fixed'),
      relatedVulnerabilities: [{ id: 'CVE-1' }],
    };
    const allowances = [{ id: 'CVE-1', reason: 'not reached', until: today }];
    expect(judgeScan([github], allowances, here).refused).toEqual([]);
  });

  test.each([
    ['on its last day', { until: today }, 0],
    ['a day later', { until: '2026-11-21' }, 1],
    ['for this service', { until: today, service: 'nova' }, 0],
    ['for another service', { until: today, service: 'glance' }, 1],
  ])('lets an allowed one pass %s', (_, allowance, refused) => {
    const allowances = [{ id: 'CVE-1', reason: 'not reached', ...allowance }];
    const verdict = judgeScan([match('CVE-1', 'High', 'fixed')], allowances, here);
    expect([verdict.refused.length, verdict.allowed.length]).toEqual([refused, 1 - refused]);
  });
});
