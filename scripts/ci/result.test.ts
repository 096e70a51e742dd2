import { describe, expect, test } from 'vitest';
import { cellResult, firstFailure } from './result.ts';

const cell = JSON.stringify({
  service: 'nova',
  series: '2026.1',
  version: '33.0.2',
  digest: 'v1:sha256:0',
});
const nothing = { cell, digest: '', tags: [], sbom: '', log: '' };

describe('the result file of a cell', () => {
  test('has what was published, with its packages in order', () => {
    const sbom = JSON.stringify({
      components: [
        { purl: 'pkg:pypi/oslo-messaging@17.3.0' },
        { purl: 'pkg:pypi/nova@33.0.2?vcs_url=git' },
        { purl: 'pkg:deb/debian/bash@5.2' },
        {},
      ],
    });
    const digest = `sha256:${'1'.repeat(64)}`;
    expect(cellResult({ ...nothing, outcome: 'success', digest, tags: ['2026.1'], sbom })).toEqual({
      service: 'nova',
      series: '2026.1',
      version: '33.0.2',
      digest: 'v1:sha256:0',
      image: digest,
      tags: ['2026.1'],
      packages: ['nova==33.0.2', 'oslo-messaging==17.3.0'],
    });
  });

  test('says why nothing was', () => {
    const log = '#18 1.234 error: No solution found when resolving';
    const { failed, image } = cellResult({ ...nothing, outcome: 'failure', log });
    expect(image).toBe('');
    expect(failed).toEqual({
      class: 'constraints',
      line: 'error: No solution found when resolving',
    });
  });
});

test('of all platforms together the failure of one is told, or that they were not joined', () => {
  const facts = { ...nothing, outcome: 'failure' };
  const part = cellResult({ ...nothing, outcome: 'success' });
  const failed = { class: 'test' as const, line: 'FAILED user: it runs as 0:0' };
  expect(cellResult({ ...facts, parts: [part, { ...part, failed }] }).failed).toEqual(failed);
  expect(cellResult({ ...facts, parts: [part, part] }).failed?.line).toContain('not joined');
});

describe('the first useful line of a failed build', () => {
  test.each([
    [
      '#18 12.3 W: Temporary failure in name resolution',
      'registry or network',
      'W: Temporary failure in name resolution',
    ],
    ['x\nFAILED user: it runs as 0:0\nerror: y', 'test', 'FAILED user: it runs as 0:0'],
    ['#9 0.1 cc1: error: unknown\n#9 0.2 more', 'wheel build', 'cc1: error: unknown'],
    ['nothing of note\nthe end\n', undefined, 'the end'],
    ['', undefined, ''],
  ])('of %j is told as %s', (log, kind, line) => {
    expect(firstFailure(log)).toEqual({ ...(kind && { class: kind }), line });
  });

  test('is never longer than a table bears', () => {
    expect(firstFailure(`error: ${'x'.repeat(5000)}`).line).toHaveLength(300);
  });
});
