import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeWithUpstreamData } from '../../../test/support/upstream-data.ts';
import { readSeriesStatus } from './series-status.ts';

describe('series_status.yaml', () => {
  it('is turned round, oldest first, with ids as they are written', () => {
    const text = `---
- name: later
  release-id: 2025.10
  status: future
  slurp: yes
  initial-release: TBD
  next-phase:
    status: development
    date: TBD
- name: caracal
  release-id: 2024.1
  status: unmaintained
  initial-release: 2024-04-03
  next-phase: {status: end of life}
- name: zed
  status: extended maintenance
- name: austin
  status: end of life
  initial-release: 2010-10-21
`;
    expect(readSeriesStatus(text)).toEqual({
      problems: [],
      value: [
        { id: 'austin', name: 'austin', status: 'eol', initialRelease: '2010-10-21' },
        { id: 'zed', name: 'zed', status: 'unmaintained' },
        {
          ...{ id: '2024.1', name: 'caracal', status: 'unmaintained' },
          ...{ initialRelease: '2024-04-03', nextPhase: { status: 'eol' } },
        },
        { id: '2025.10', name: 'later', status: 'future', nextPhase: { status: 'development' } },
      ],
    });
  });

  it('loses an entry that makes no sense, with a warning at its line', () => {
    const text =
      '- name: a\n  status: maintained\n- status: eol\n- name: b\n  status: sleeping\n- name: c\n  status: future\n  release-id: x\n- nova\n';
    const { value, problems } = readSeriesStatus(text);
    expect(value.map(({ name }) => name)).toEqual(['a']);
    expect(problems.map(({ line, level }) => `${line} ${level}`)).toEqual([
      ...['3 warning', '4 warning', '6 warning', '9 warning'],
    ]);
    expect(problems[1]?.message).toBe(
      'data/series_status.yaml of openstack/releases lists b, whose status is "sleeping", which Pinwheel cannot read',
    );
  });

  it.each(['', 'name: a\n', '<html>not found</html>', 'a: "b', '[[[['])(
    'is data even where it is nonsense: %j',
    (text) => {
      const { value, problems } = readSeriesStatus(text);
      expect(value).toEqual([]);
      expect(problems).toHaveLength(1);
    },
  );

  it('never makes the reader throw', () => {
    const words = fc.constantFrom('- ', 'name: a\n', '  status: ', 'future\n', '{', '[', ']', ':');
    const text = fc.array(words, { maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(text, fc.string()), (hostile) => {
        expect(readSeriesStatus(hostile).value).toBeInstanceOf(Array);
      }),
      { numRuns: 300 },
    );
  });
});

describeWithUpstreamData('the real series_status.yaml', (data) => {
  const { value, problems } = readSeriesStatus(
    readFileSync(join(data, 'releases/series_status.yaml'), 'utf8'),
  );

  it('is read without loss', () => {
    expect(problems).toEqual([]);
    expect(value).toHaveLength(35);
    expect(value[0]?.name).toBe('austin');
  });

  it('knows ids, names, and what comes next', () => {
    expect(value.find(({ name }) => name === 'flamingo')).toEqual({
      ...{ id: '2025.2', name: 'flamingo', status: 'maintained', initialRelease: '2025-10-01' },
      nextPhase: { status: 'eol', date: '2027-04-28' },
    });
    expect(value.filter(({ status }) => status === 'maintained').map(({ id }) => id)).toEqual([
      ...['2025.1', '2025.2', '2026.1'],
    ]);
  });
});
