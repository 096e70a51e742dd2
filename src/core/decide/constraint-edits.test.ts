import { describe, expect, it } from 'vitest';
import { constraintsIn, constraintsOf } from '../../../test/support/constraint-files.ts';
import { linesAfter, local, sync } from '../../../test/support/constraint-sync.ts';

describe('a hand edit', () => {
  it('of a version stays and is named, with the override that says the same', () => {
    const move = sync({ local: local('a===1', 'click===8.3.1', 'b===1', 'z===1') });
    expect(linesAfter(move)).toEqual(['a===1', 'click===8.3.1', 'b===2', 'z===1']);
    expect(move?.kept).toEqual([
      {
        name: 'click',
        marker: '',
        local: '8.3.1',
        upstream: '8.2.3',
        override: 'click===8.3.1',
        line: 3,
      },
    ]);
    expect(move?.changed.map(({ name }) => name)).toEqual(['b']);
  });

  it('that added a line stays after the entry it came after', () => {
    const move = sync({ local: local('a===1', 'own===1', 'click===8.2.2', 'b===1', 'z===1') });
    expect(linesAfter(move)).toEqual(['a===1', 'own===1', 'click===8.2.3', 'b===2', 'z===1']);
    expect(move?.kept).toEqual([
      { name: 'own', marker: '', local: '1', override: 'own===1', line: 3 },
    ]);
  });

  it('that added a line at the top stays below the head of upstream', () => {
    const now = constraintsOf('# WARNING', 'a===1', 'b===2');
    const move = sync({
      base: constraintsOf('# WARNING', 'a===1', 'b===1'),
      local: local('# WARNING', 'own===1', 'a===1', 'b===1'),
      upstream: now,
    });
    expect(linesAfter(move)).toEqual(['# WARNING', 'own===1', 'a===1', 'b===2']);
  });

  it('that removed a line stays, and is named at the entry that follows', () => {
    const move = sync({ local: local('a===1', 'b===1', 'z===1') });
    expect(linesAfter(move)).toEqual(['a===1', 'b===2', 'z===1']);
    expect(move?.kept).toEqual([
      { name: 'click', marker: '', upstream: '8.2.3', override: '-click', line: 3 },
    ]);
  });

  it('that upstream made too is no edit any more', () => {
    const move = sync({ local: local('a===1', 'click===8.2.3', 'b===1', 'z===1') });
    expect(linesAfter(move)).toEqual(['a===1', 'click===8.2.3', 'b===2', 'z===1']);
    expect(move?.kept).toEqual([]);
  });

  it('of a line that upstream dropped stays', () => {
    const move = sync({
      local: local('a===1', 'click===8.3.1', 'b===1', 'z===1'),
      upstream: constraintsOf('a===1', 'b===1'),
    });
    expect(linesAfter(move)).toEqual(['a===1', 'click===8.3.1', 'b===1']);
    expect(move?.kept).toMatchObject([{ name: 'click', local: '8.3.1' }]);
    expect(move?.kept[0]).not.toHaveProperty('upstream');
    expect(move?.removed.map(({ name }) => name)).toEqual(['z']);
  });

  it('of one marker names the line with that marker', () => {
    const now = "a===2;python_version>='3.10'";
    const move = sync({
      base: constraintsOf("a===1;python_version=='3.9'", now, 'b===1'),
      local: local("a===1;python_version=='3.9'", "a===3;python_version>='3.10'", 'b===1'),
      upstream: constraintsOf("a===1;python_version=='3.9'", now, 'b===2'),
    });
    expect(move?.kept).toMatchObject([{ override: "a===3;python_version>='3.10'" }]);
  });

  it.each([
    ['the line for an old Python says the line that stays', "python_version=='3.9'", 'a===2'],
    ['the line for new Pythons says a removal', "python_version>='3.10'", '-a'],
  ])('that removed %s', (_, marker, override) => {
    const both = ["a===1;python_version=='3.9'", "a===2;python_version>='3.10'"];
    const move = sync({
      base: constraintsOf(...both, 'b===1'),
      local: local(...both.filter((line) => !line.endsWith(marker)), 'b===1'),
      upstream: constraintsOf(...both, 'b===2'),
    });
    expect(move?.kept).toMatchObject([{ name: 'a', marker, override }]);
  });

  it('of comments and blank lines stays above the entry, wherever that went', () => {
    const move = sync({
      local: local('a===1', '', '# held back: bug 123', 'click===8.2.2', 'b===1', 'z===1', '# end'),
      upstream: constraintsOf('z===1', 'b===2', 'click===8.2.3', 'a===1'),
    });
    expect(linesAfter(move)).toEqual([
      'z===1',
      'b===2',
      '',
      '# held back: bug 123',
      'click===8.2.3',
      'a===1',
      '# end',
    ]);
    expect(move?.kept).toEqual([]);
  });

  it('of a comment goes to the end where upstream dropped the entry', () => {
    const move = sync({
      local: local('a===1', '# why', 'click===8.2.2', 'b===1', 'z===1'),
      upstream: constraintsOf('a===1', 'b===1', 'z===1'),
    });
    expect(linesAfter(move)).toEqual(['a===1', 'b===1', 'z===1', '# why']);
  });

  it('of an inline comment stays at the new version', () => {
    const move = sync({ local: local('a===1', 'click===8.2.2  # bug 1', 'b===1', 'z===1') });
    expect(linesAfter(move)).toContain('click===8.2.3  # bug 1');
    expect(move?.kept).toEqual([]);
  });

  it('that took the head of upstream away stays', () => {
    const move = sync({
      base: constraintsOf('# WARNING', 'a===1'),
      local: local('a===1'),
      upstream: constraintsOf('# WARNING', 'a===2'),
    });
    expect(linesAfter(move)).toEqual(['a===2']);
  });

  it('of the markers of a name stands for all lines that upstream has for it', () => {
    const both = ["a===1;python_version=='3.9'", "a===2;python_version>='3.10'"];
    const move = sync({
      base: constraintsOf('b===1', ...both),
      local: local('b===1', 'a===7'),
      upstream: constraintsOf(...both, 'b===2'),
    });
    expect(linesAfter(move)).toEqual(['a===7', 'b===2']);
    expect(move?.kept).toEqual([
      { name: 'a', marker: '', local: '7', upstream: '2', override: 'a===7', line: 3 },
    ]);
  });

  it('of a line that upstream split by markers is not contradicted by the new lines', () => {
    const move = sync({
      local: local('a===1', 'click===8.3.1', 'b===1', 'z===1'),
      upstream: constraintsOf(
        "click===8.1;python_version=='3.9'",
        "click===8.2;python_version>='3.10'",
        'a===1',
      ),
    });
    expect(linesAfter(move)).toEqual(['click===8.3.1', 'a===1']);
    expect(move?.kept).toMatchObject([
      { name: 'click', upstream: '8.2', override: 'click===8.3.1' },
    ]);
  });

  it('in a huge file is found as well', () => {
    const many = Array.from({ length: 150_000 }, (_, n) => `# comment ${n}`).join('\n');
    const move = sync({ local: constraintsIn(`a===1\n${many}\nclick===8.3.1\nb===1\nz===1\n`) });
    expect(linesAfter(move)).toHaveLength(150_000 + 4);
  });

  it('that no reader understands is not lost', () => {
    const move = sync({ local: local('a===1', 'click>=8', 'b===1', 'z===1') });
    expect(linesAfter(move)).toEqual(['a===1', 'click>=8', 'b===2', 'z===1']);
    expect(move?.kept).toMatchObject([{ name: 'click', override: '-click' }]);
  });
});
