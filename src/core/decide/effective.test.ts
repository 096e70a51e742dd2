import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  constraintsIn,
  constraintsOf,
  overridesOf,
} from '../../../test/support/constraint-files.ts';
import { describeWithPackaging } from '../../../test/support/python-packaging.ts';
import { describeWithUpstreamData } from '../../../test/support/upstream-data.ts';
import { constraintLine } from '../model/constraints.ts';
import { effectiveConstraints } from './effective.ts';
import { applyOverrides } from './overrides.ts';

const file = constraintsOf(
  "glance_store===4.10.0;python_version=='3.9'",
  'click===8.2.2',
  "glance_store===5.2.0;python_version>='3.10'",
  "tomli===2.2.1;python_version=='3.9'",
  'horizon===25.5.2',
);
const { set } = applyOverrides(file, undefined);

function linesFor(python: string, ...built: readonly { name: string; version: string }[]) {
  return effectiveConstraints({ set, python, built }).map(constraintLine);
}

describe('effective constraints', () => {
  it('are the lines for the target Python, with their markers', () => {
    expect(linesFor('3.12')).toEqual([
      'click===8.2.2',
      "glance_store===5.2.0;python_version>='3.10'",
      'horizon===25.5.2',
    ]);
    expect(linesFor('3.9')).toContain("tomli===2.2.1;python_version=='3.9'");
  });

  it('pin what is built from source to what is being built, once for all markers', () => {
    const built = { name: 'glance-store', version: '5.2.1.dev3' };
    expect(linesFor('3.12', built)).toEqual([
      'glance_store===5.2.1.dev3',
      'click===8.2.2',
      'horizon===25.5.2',
    ]);
  });

  it('say of such a line that it comes from source', () => {
    const built = [{ name: 'horizon', version: '25.5.3' }];
    const [entry] = effectiveConstraints({ set, python: '3.12', built }).slice(-1);
    expect(entry).toMatchObject({ name: 'horizon', origin: 'source', line: 0, markerText: '' });
  });

  it('keep a pin for the build also where its only line was for another Python', () => {
    expect(linesFor('3.12', { name: 'tomli', version: '3.0' })).toContain('tomli===3.0');
  });

  it('leave unpinned what is built and not pinned', () => {
    expect(linesFor('3.12', { name: 'nova', version: '32.0.0' })).toEqual(linesFor('3.12'));
  });

  it('put what is built above an override', () => {
    const overridden = applyOverrides(file, overridesOf('horizon===25.5.1')).set;
    const built = [{ name: 'horizon', version: '25.5.3' }];
    const lines = effectiveConstraints({ set: overridden, python: '3.12', built });
    expect(lines.map(constraintLine)).toContain('horizon===25.5.3');
  });
});

const pythons = ['3.9', '3.10', '3.12', '3.13'];

describeWithUpstreamData('the real files', (data) => {
  const folder = join(data, 'requirements/upper-constraints');
  const names = readdirSync(folder).filter((name) => /^\d{4}\.\d\.txt$|^master\.txt$/.test(name));

  describeWithPackaging('and Python', (oracle) => {
    it('agree on the lines that apply to every Python that images have', () => {
      const texts = names.map((name) => readFileSync(join(folder, name), 'utf8'));
      const lines = [...new Set(texts.join('').split('\n'))].filter((line) => line.includes(';'));
      expect(lines.length).toBeGreaterThan(100);
      const environments = pythons.map((python) => ({ python_version: python }));
      const markers = lines.map((line) => line.slice(line.indexOf(';') + 1));
      const answers = new Map(
        oracle.evaluate({ markers, environments }).map((row, index) => [lines[index], row]),
      );
      for (const text of texts) {
        for (const [column, python] of pythons.entries()) {
          const wanted = text
            .split('\n')
            .filter((line) => line.includes('===') && answers.get(line)?.[column] !== false);
          const all = applyOverrides(constraintsIn(text), undefined).set;
          const found = effectiveConstraints({ set: all, python, built: [] });
          expect(found.map(constraintLine)).toEqual(wanted);
        }
      }
    });
  });
});
