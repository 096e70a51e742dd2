import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  constraintsIn,
  constraintsOf,
  overridesOf,
} from '../../../test/support/constraint-files.ts';
import { describeWithUpstreamData } from '../../../test/support/upstream-data.ts';
import { constraintDelta, shadow } from './constraint-delta.ts';

const nothing = { changed: [], added: [], removed: [] };

describe('the difference between two constraints files', () => {
  it('is by name and marker', () => {
    const from = constraintsOf(
      "a===1;python_version=='3.9'",
      "a===2;python_version>='3.10'",
      'b===1',
      'gone===1',
    );
    const to = constraintsOf(
      "a===1;python_version=='3.9'",
      "a===3;python_version>='3.10'",
      'b===1',
      'new===1',
    );
    expect(constraintDelta(from, to)).toEqual({
      changed: [{ name: 'a', marker: "python_version>='3.10'", from: '2', to: '3' }],
      added: [{ name: 'new', marker: '', version: '1' }],
      removed: [{ name: 'gone', marker: '', version: '1' }],
    });
  });

  it('is none where only order, spelling, comments and blanks differ', () => {
    const from = constraintsOf('os-vif===4.2.1', 'b===1', "c===1;python_version=='3.9'");
    const to = constraintsOf(
      '# WARNING',
      'c===1; python_version == "3.9"  # old',
      '',
      'B===1',
      'os_vif===4.2.1',
    );
    expect(constraintDelta(from, to)).toEqual(nothing);
  });

  it('sees a line that stands there twice, twice', () => {
    const [once, twice] = [constraintsOf('a===1'), constraintsOf('a===1', 'a===1')];
    expect(constraintDelta(once, twice).added).toHaveLength(1);
    expect(constraintDelta(twice, once).removed).toHaveLength(1);
    expect(constraintDelta(twice, twice)).toEqual(nothing);
  });

  it('takes names of the language for names', () => {
    const delta = constraintDelta(constraintsOf('constructor===1'), constraintsOf('toString===1'));
    expect(delta.added).toHaveLength(1);
    expect(delta.removed).toHaveLength(1);
  });
});

describe('a change that an override hides', () => {
  const delta = constraintDelta(
    constraintsOf('click===8.2.2', "a===1;python_version=='3.9'", "a===2;python_version>='3.10'"),
    constraintsOf('click===8.2.3', "a===2;python_version=='3.9'", "a===3;python_version>='3.10'"),
  );

  function shadows(...lines: readonly string[]) {
    return shadow(delta, overridesOf(...lines)).changed.map(({ shadowedBy }) => shadowedBy);
  }

  it('names the line that hides it', () => {
    expect(shadows('Click===8.3.1')).toEqual(['Click===8.3.1', undefined, undefined]);
    expect(shadows('-click')).toEqual(['-click', undefined, undefined]);
  });

  it('is every line of the name for one without marker, else that with the same marker', () => {
    expect(shadows('a===9')).toEqual([undefined, 'a===9', 'a===9']);
    const marked = "a===9;python_version>='3.10'";
    expect(shadows(marked)).toEqual([undefined, undefined, marked]);
  });

  it('is named by the override that is in force', () => {
    expect(shadows('click===8.3.0', 'click===8.3.1')[0]).toBe('click===8.3.1');
  });

  it('is left as it was without overrides', () => {
    expect(shadow(delta, undefined)).toEqual(delta);
  });
});

describeWithUpstreamData('the real files of two series', (data) => {
  it('differ by what was counted before', () => {
    const [from, to] = ['2025.1', '2025.2'].map((series) =>
      constraintsIn(
        readFileSync(join(data, `requirements/upper-constraints/${series}.txt`), 'utf8'),
      ),
    );
    const { changed, added, removed } = constraintDelta(from!, to!);
    expect([changed.length, added.length, removed.length]).toEqual([225, 52, 48]);
  });
});
