import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { refText } from '../model/source-ref.ts';
import type { SourceRef } from '../model/source-ref.ts';
import { setPin } from './source-refs.ts';

const sha = '0123456789abcdef0123456789abcdef01234567';

function tag(name: string): SourceRef {
  return { kind: 'tag', tag: name };
}

function commit(follows: string): SourceRef {
  return { kind: 'commit', commit: sha, follows };
}

const otherSha = sha.replaceAll('0', 'f');

interface Example {
  readonly text: string;
  readonly ref: SourceRef;
  readonly edited: string;
}

describe('moving a pin', () => {
  it.each<[string, Example]>([
    [
      'keeps quotes and spaces',
      { text: "nova:   '32.0.0' \r\n", ref: tag('32.1.0'), edited: "nova:   '32.1.0' \r\n" },
    ],
    [
      'needs no final newline',
      { text: 'nova: "32.0.0"', ref: tag('32.1.0'), edited: 'nova: "32.1.0"' },
    ],
    [
      'adds quotes where there are none',
      { text: 'nova: 32.0.0\n', ref: tag('33.0'), edited: 'nova: "33.0"\n' },
    ],
    [
      'keeps the column of comments',
      {
        text: 'nova: "32.0.0.0rc1"  # tag\nglance: "31.0.0"     # x\n',
        ref: tag('32.0.0'),
        edited: 'nova: "32.0.0"       # tag\nglance: "31.0.0"     # x\n',
      },
    ],
    [
      'pushes the comment where there is no room',
      {
        text: 'nova: "32.0.0"  # tag\nglan: "31.0.0"  # x\n',
        ref: tag('32.0.0.0rc1'),
        edited: 'nova: "32.0.0.0rc1"  # tag\nglan: "31.0.0"  # x\n',
      },
    ],
    [
      'keeps the gap of a comment that stands in no column',
      {
        text: 'nova: "32.0.0.0rc1"  # tag\nglance: "31.0.0"  # x\n',
        ref: tag('32.0.0'),
        edited: 'nova: "32.0.0"  # tag\nglance: "31.0.0"  # x\n',
      },
    ],
    [
      'lets the word for the kind follow',
      {
        text: 'nova: "stable/2025.2"  # branch, for now\n',
        ref: tag('2025.2-eol'),
        edited: 'nova: "2025.2-eol"  # tag, for now\n',
      },
    ],
    [
      'says commit SHA',
      {
        text: 'nova: "1.0" # tag',
        ref: commit('stable/2025.2'),
        edited: `nova: "${sha}" # commit SHA`,
      },
    ],
    [
      'keeps the branch that a commit follows',
      {
        text: `nova: "${otherSha}"  # stable/2025.1, why\n`,
        ref: commit('stable/2025.1'),
        edited: `nova: "${sha}"  # stable/2025.1, why\n`,
      },
    ],
    [
      'names another branch that it follows',
      {
        text: `nova: "${otherSha}"  # stable/2025.1, why\n`,
        ref: commit('unmaintained/2025.1'),
        edited: `nova: "${sha}"  # unmaintained/2025.1, why\n`,
      },
    ],
    [
      'names a branch before what the comment says',
      {
        text: `nova: "${otherSha}"  # bug 1\n`,
        ref: commit('master'),
        edited: `nova: "${sha}"  # master bug 1\n`,
      },
    ],
    [
      'names a branch after the word for the kind',
      {
        text: 'nova: "1.0"  #tag\n',
        ref: commit('main'),
        edited: `nova: "${sha}"  #commit SHA main\n`,
      },
    ],
    [
      'adds a comment with the branch',
      {
        text: 'nova: "1.0"\r\nglance: "1"',
        ref: commit('branch-25.09'),
        edited: `nova: "${sha}"  # branch-25.09\r\nglance: "1"`,
      },
    ],
    [
      'adds no comment for a stable branch',
      { text: 'nova: "1"', ref: commit('stable/2025.2'), edited: `nova: "${sha}"` },
    ],
    [
      'puts up with odd names',
      { text: "nova: '1'", ref: { kind: 'branch', branch: `it's"` }, edited: `nova: 'it''s"'` },
    ],
    [
      'finds a pin below its name',
      { text: 'nova:\n  "1"\n', ref: tag('2.0'), edited: 'nova:\n  "2.0"\n' },
    ],
  ])('%s', (_, { text, ref, edited }) => {
    expect(setPin(text, 'nova', ref)).toBe(edited);
  });

  it.each<[string, string, SourceRef]>([
    ['of a component that is not there', 'glance: "1"\n', tag('2.0')],
    ['in a file with mistakes', 'nova: "1"\nglance: 2\n', tag('2.0')],
    ['to what is no ref', 'nova: "1"\n', tag('-x')],
    ['to a branch that a comment cannot name', 'nova: "1"\n', commit('develop')],
  ])('%s is a fault', (_, text, ref) => {
    expect(() => setPin(text, 'nova', ref)).toThrow('setPin');
  });
});

describe('a file with one pin moved', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9._-]{0,8}$/);
  const version = fc.stringMatching(/^[1-9][0-9]?\.[0-9]\.[0-9]{1,2}(?:\.0rc[1-9])?$/);
  const ref = fc.oneof(
    version.map((text): SourceRef => tag(text)),
    fc
      .constantFrom('stable/2025.2', 'master', 'x"y', "x'y")
      .map((branch): SourceRef => ({ kind: 'branch', branch })),
    fc
      .stringMatching(/^[0-9a-f]{40}$/)
      .map((id): SourceRef => ({ kind: 'commit', commit: id, follows: 'stable/2025.2' })),
  );
  const blanks = fc.stringMatching(/^ {1,6}$/);
  const eol = fc.constantFrom('\n', '\r\n');
  const words = fc.constantFrom('#', '# why', '#  bug 1 "x": y', '# é # é', '# 32.0.0');
  const filler = fc.constantFrom('', '  ', '# comment', '   # nova: "1"', '#\t"');
  const pinLine = fc
    .record({ blanks, ref, quote: fc.constantFrom('"', "'"), gap: blanks, words: fc.option(words) })
    .map((line) => ({ ...line, tail: line.words === null ? '' : line.gap + line.words }));
  const file = fc.record({
    pins: fc.uniqueArray(fc.record({ name, line: pinLine, eol, above: fc.option(filler) }), {
      selector: (pin) => pin.name,
      minLength: 1,
      maxLength: 8,
    }),
    finalNewline: fc.boolean(),
    which: fc.nat(),
    ref,
  });

  function quoteText(text: string, quote: string): string {
    return quote === "'" ? `'${text.replaceAll("'", "''")}'` : `"${text.replaceAll('"', '\\"')}"`;
  }

  it('differs in one scalar, and in the blanks before its comment, and in no other byte', () => {
    fc.assert(
      fc.property(file, ({ pins, finalNewline, which, ref: to }) => {
        const lines = pins.map(({ name: component, line, eol: end, above }) => ({
          component,
          before: `${above === null ? '' : above + end}${component}:${line.blanks}`,
          scalar: quoteText(refText(line.ref), line.quote),
          quote: line.quote,
          after: line.tail + end,
        }));
        const text = lines.map((line) => line.before + line.scalar + line.after).join('');
        const whole = finalNewline ? text : text.replace(/\r?\n$/, '');
        const target = lines[which % lines.length]!;
        const edited = setPin(whole, target.component, to);

        const start =
          lines
            .slice(0, which % lines.length)
            .map((line) => line.before + line.scalar + line.after)
            .join('').length + target.before.length;
        const scalar = quoteText(refText(to), target.quote);
        const rest = whole.slice(start + target.scalar.length);
        expect(edited.slice(0, start + scalar.length)).toBe(whole.slice(0, start) + scalar);
        expect(edited.slice(start + scalar.length).replace(/^ +#/, ' #')).toBe(
          rest.replace(/^ +#/, ' #'),
        );
        const values = new Map(Object.entries(parse(whole) as Record<string, unknown>));
        values.set(target.component, refText(to));
        expect(parse(edited)).toEqual(Object.fromEntries(values));
      }),
      { numRuns: 300 },
    );
  });
});
