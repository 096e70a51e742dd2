import { describe, expect, it } from 'vitest';
import { endedReports } from './ended-checks.ts';

describe('checks that nobody works on any more', () => {
  it('say why, and what to do, and let nothing be merged', () => {
    const why = 'nova@everyone `did` not\nanswer | closes #1';
    const reports = endedReports('a'.repeat(40), { why, again: 'by hand' });
    expect(reports.map(({ name }) => name)).toEqual([
      'pinwheel/config',
      'pinwheel/constraints',
      'pinwheel/patches',
    ]);
    expect(reports[0]).toMatchObject({ conclusion: 'cancelled', title: 'could not be checked' });
    expect(reports[0]?.summary).toBe(
      '**This commit could not be checked.**\n\n' +
        '``nova@everyone `did` not answer | closes #1``\n\n' +
        'Press *Re-run* to have it tried again. Where that does not help, tell whoever runs Pinwheel.\n',
    );
  });
});
