import { provenanceLine } from '../model/constraints.ts';
import { describe, expect, it } from 'vitest';
import {
  constraintsIn,
  constraintsOf,
  overridesOf,
} from '../../../test/support/constraint-files.ts';
import {
  base,
  linesAfter,
  local,
  oldCommit,
  provenance,
  sync,
  upstream,
} from '../../../test/support/constraint-sync.ts';
import { nearestBase } from './constraint-sync.ts';

describe('a sync of constraints', () => {
  it('gives the bytes of upstream below a line that says where they are from', () => {
    const move = sync({});
    expect(move?.text).toBe(`${provenance}\n${upstream.lines.join('')}`);
    expect(move).toMatchObject({
      series: '2025.2',
      to: 'c'.repeat(40),
      ref: 'stable/2025.2',
      changed: [
        { name: 'click', from: '8.2.2', to: '8.2.3' },
        { name: 'b', from: '1', to: '2' },
      ],
      added: [],
      removed: [],
      kept: [],
    });
    expect(move).not.toHaveProperty('from');
  });

  it('replaces the line of the old commit, and names that commit', () => {
    const move = sync({ local: local('a===1', 'click===8.2.2', 'b===1', 'z===1') });
    expect(move?.from).toBe(oldCommit);
    expect(linesAfter(move)).toEqual(['a===1', 'click===8.2.3', 'b===2', 'z===1']);
  });

  it('writes a file that does not exist yet', () => {
    const move = sync({ local: undefined, base: undefined });
    expect(move?.text).toBe(`${provenance}\n${upstream.lines.join('')}`);
    expect(move?.added).toHaveLength(4);
  });

  it('is nothing where only the commit is another', () => {
    const same = local('a===1', 'click===8.2.3', 'b===2', 'z===1');
    expect(sync({ local: same })).toBeUndefined();
    expect(sync({ local: same, base: upstream })).toBeUndefined();
  });

  it('is nothing where upstream has not changed, whatever was done by hand', () => {
    expect(sync({ base: upstream, local: local('z===1', '', 'b===7') })).toBeUndefined();
  });

  it('is nothing where only line ends and the final newline differ', () => {
    const text = 'a===1\r\nclick===8.2.3\nb===2\r\nz===1';
    const line = provenanceLine({ ref: 'stable/2025.2', commit: 'f'.repeat(40) });
    expect(sync({ local: constraintsIn(`${line}\n${text}`) })).toBeUndefined();
  });

  it('gives a file that does not say where it came from its first line, and changes no other', () => {
    const text = 'a===1\nclick===8.2.3\nb===2\nz===1\n';
    const move = sync({ local: constraintsIn(text) });
    expect(move).toMatchObject({ changed: [], added: [], removed: [] });
    expect(move?.text.split('\n').slice(1).join('\n')).toBe(text);
  });

  it('marks the changes that overrides hide', () => {
    expect(sync({ overrides: overridesOf('click===8.3.1') })?.changed).toMatchObject([
      { name: 'click', shadowedBy: 'click===8.3.1' },
      { name: 'b' },
    ]);
  });

  it('follows the spelling, order and comments of upstream', () => {
    const now = constraintsOf('# WARNING', 'z===1', 'B===2', 'click===8.2.2', 'a===1');
    const move = sync({ upstream: now });
    expect(linesAfter(move)).toEqual(['# WARNING', 'z===1', 'B===2', 'click===8.2.2', 'a===1']);
    expect(move?.changed).toEqual([{ name: 'B', marker: '', from: '1', to: '2' }]);
  });

  it('keeps CRLF where the local file has it', () => {
    const move = sync({ local: constraintsIn('a===1\r\nclick===8.2.2\r\nb===1\r\nz===1\r\n') });
    expect(move?.text).toBe(
      [provenance, 'a===1', 'click===8.2.3', 'b===2', 'z===1', ''].join('\r\n'),
    );
  });

  it('leaves the line ends of lines that stay as they are in a mixed file', () => {
    const move = sync({ local: constraintsIn('a===1\r\nclick===8.2.2\nb===1\nz===1\n') });
    expect(move?.text).toBe(`${provenance}\na===1\r\nclick===8.2.3\nb===2\nz===1\n`);
  });

  it('glues no two lines together where upstream has no final newline', () => {
    const move = sync({
      upstream: constraintsIn('a===1\nclick===8.2.3'),
      local: local('a===1', 'click===8.2.2', 'b===1', 'z===1', 'own===1'),
    });
    expect(move?.text).toBe(`${provenance}\na===1\nclick===8.2.3\nown===1`);
  });
});

describe('a vendored file of unknown origin', () => {
  it('keeps all in which it differs, and gets what it lacks', () => {
    const move = sync({ base: undefined, local: constraintsOf('a===1', 'click===8.1', 'own===1') });
    expect(linesAfter(move)).toEqual(['a===1', 'click===8.1', 'own===1', 'b===2', 'z===1']);
    expect(move?.kept.map(({ override }) => override)).toEqual(['click===8.1', 'own===1']);
  });

  it('comes from the state that is identical', () => {
    const candidates = [upstream, base].map((file, n) => ({ commit: String(n), file }));
    expect(nearestBase(base, candidates)?.commit).toBe('1');
  });

  it('comes from the state with the fewest differences, the newest of those', () => {
    const candidates = [
      { commit: 'far', file: constraintsOf('a===9') },
      { commit: 'new', file: upstream },
      { commit: 'reordered', file: constraintsOf('z===1', ...['a===1', 'click===8.2.3', 'b===2']) },
      { commit: 'old', file: base },
    ];
    const edited = constraintsOf('a===1', 'click===8.3.1', 'b===2', 'z===1');
    expect(nearestBase(edited, candidates)?.commit).toBe('new');
  });

  it('has no base where there is no history', () => {
    expect(nearestBase(base, [] as { readonly file: typeof base }[])).toBeUndefined();
  });
});
