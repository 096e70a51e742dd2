import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readYaml } from './yaml-file.ts';

const path = 'some.yaml';

function problemsOf(text: string): string[] {
  const { problems } = readYaml(text, { path, scalars: 'typed' });
  return problems.map(({ line, code, message }) => `${line} ${code}: ${message}`);
}

function plain(text: string, scalars: 'typed' | 'text'): unknown {
  return JSON.parse(JSON.stringify(readYaml(text, { path, scalars }).value.value));
}

describe('a YAML file', () => {
  it('is read by YAML 1.2: yes is a word, and 0o17 a number', () => {
    expect(plain('a: yes\nb: 0o17\nc: ~\nd: 2026-10-02\n', 'typed')).toEqual({
      ...{ a: 'yes', b: 15, c: null, d: '2026-10-02' },
    });
  });

  it('keeps every scalar as it is written where others write the file', () => {
    const text = 'release-id: 2025.10\nhash: 1234567890123456789012345678901234567890\nno: null\n';
    expect(plain(text, 'text')).toEqual({
      'release-id': '2025.10',
      hash: '1234567890123456789012345678901234567890',
      no: 'null',
    });
  });

  it('says where a key, an item, or what stands nearest to it is', () => {
    const text = '# comment\ncomponents:\n  ovn:\n    upstream: x\nlist:\n  - a\n  -\n    b: 1\n';
    const { lineOf } = readYaml(text, { path, scalars: 'typed' }).value;
    expect(lineOf(['components', 'ovn', 'upstream'])).toBe(4);
    expect(lineOf(['components', 'ovn', 'branch'])).toBe(3);
    expect(lineOf(['list', 0])).toBe(6);
    expect(lineOf(['list', 1, 'b'])).toBe(8);
    expect(lineOf(['missing', 'below'])).toBe(1);
  });

  it('remembers the spelling of a number', () => {
    const { value } = readYaml('python: 3.10\nquoted: "3.10"\n', { path, scalars: 'typed' });
    expect(value.value).toEqual({ python: 3.1, quoted: '3.10' });
    expect(value.sourceOf(['python'])).toBe('3.10');
    expect(value.sourceOf(['python', 'below'])).toBeUndefined();
  });

  it('has any key as a key, but none that JavaScript knows better', () => {
    expect(problemsOf('__proto__: 1\nconstructor: {a: 1}\ntoString: 2\n')).toEqual([
      '1 reserved-key: __proto__ cannot be a key here',
      '2 reserved-key: constructor cannot be a key here',
    ]);
    expect(plain('toString: 2\nhasOwnProperty: 3\n', 'typed')).toEqual({
      ...{ toString: 2, hasOwnProperty: 3 },
    });
  });

  it('reads CRLF, a missing last newline, a byte order mark and NUL', () => {
    expect(plain('\u{feff}a: 1\r\nb: x\0y', 'typed')).toEqual({ a: 1, b: 'x\0y' });
    expect(plain('', 'typed')).toBeNull();
    expect(plain('# nothing\n', 'text')).toBeNull();
  });

  it.each([
    ['a second key', 'a: 1\nb: 2\na: 3\na: 4\n', [3, 4], 'duplicate-key'],
    ['a second key after CRLF', 'a: 1\r\nb: 2\r\na: 3\r\n', [3], 'duplicate-key'],
    ['every tab', 'a:\n\tb: 1\n  c: 2\n\td: 3\n', [2, 4], 'yaml-tab'],
    ['a missing quote where it opens', 'a: 1\nb: "x\nc: 2\nd: 3\n', [2], 'yaml-syntax'],
    ['a colon too many, once', 'a: 1\nb: c: d: e\nf: 1\n', [2], 'yaml-syntax'],
    ['a second document', 'a: 1\n---\nb: 2\n', [2], 'yaml-syntax'],
    ['a key that is no text', 'a: 1\n? [b]\n: c\n', [2], 'yaml-syntax'],
    ['a tag', 'a: 1\nb: !!binary aGk=\n', [2], 'yaml-syntax'],
    ['an alias of nothing', 'a: &x 1\nb: *y\n', [2], 'yaml-alias'],
    ['an alias of itself', 'a: 1\nb: &x [*x]\n', [2], 'yaml-alias'],
    [
      'a merge conflict, once',
      'a: 1\n<<<<<<< HEAD\nb: "1"\n=======\nb: "2"\n>>>>>>> x\n',
      [2],
      'merge-conflict',
    ],
  ] as const)('reports %s', (...[, text, lines, code]) => {
    const { problems } = readYaml(text, { path, scalars: 'typed' });
    expect(problems.map((problem) => problem.line)).toEqual(lines);
    expect(new Set(problems.map((problem) => problem.code))).toEqual(new Set([code]));
  });

  it('names the line of the key that came first', () => {
    expect(problemsOf('x: 1\nnova: 1\nnova: 2\n')).toEqual([
      '3 duplicate-key: The key nova stands on line 2 already',
    ]);
  });

  it('follows aliases', () => {
    expect(plain('a: &x [1, 2]\nb: {c: *x}\n', 'typed')).toEqual({ a: [1, 2], b: { c: [1, 2] } });
  });
});

describe('a hostile YAML file', () => {
  it.each([
    ['nested brackets', '['.repeat(50_000), 'yaml-syntax'],
    ['nested lists', '- '.repeat(50_000), 'yaml-syntax'],
    [
      'deep maps',
      Array.from({ length: 400 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
      'yaml-too-deep',
    ],
    ['a billion laughs', laughs(), 'yaml-alias'],
    ['too many bytes', '#'.repeat(300 * 1024), 'yaml-too-large'],
  ])('of %s is one finding', (_, text, code) => {
    const { value, problems } = readYaml(text, { path, scalars: 'typed' });
    expect(problems.map((problem) => problem.code)).toEqual([code]);
    if (code !== 'yaml-too-deep') expect(value.value).toBeUndefined();
  });

  it('of 20,000 keys is read key by key', () => {
    const text = Array.from({ length: 20_000 }, (_, i) => `k${i}: 1`).join('\n');
    const { value, problems } = readYaml(text, { path, scalars: 'typed' });
    expect(problems).toEqual([]);
    expect(value.lineOf(['k19999'])).toBe(20_000);
  });

  it('never makes the reader throw, and every finding has a line of the file', () => {
    const words = [
      'a',
      ':',
      ' ',
      '\n',
      '- ',
      '"',
      "'",
      '{',
      '}',
      '[',
      ']',
      '&x ',
      '*x',
      '!t ',
      '\t',
    ];
    const more = ['|', '>', '? ', '#', '---\n', '...', '%', '\0', '\r\n', '<<', '1', '\u{feff}'];
    const text = fc.array(fc.constantFrom(...words, ...more), { maxLength: 30 });
    fc.assert(
      fc.property(
        fc.oneof(
          text.map((parts) => parts.join('')),
          fc.string(),
        ),
        (hostile) => {
          const { value, problems } = readYaml(hostile, { path, scalars: 'typed' });
          const lines = hostile.split('\n').length;
          for (const { line } of problems) {
            expect(line).toBeGreaterThanOrEqual(1);
            expect(line).toBeLessThanOrEqual(lines);
          }
          expect(value.lineOf(['a', 0])).toBeGreaterThanOrEqual(1);
          expect(value.value === undefined && problems.length === 0).toBe(false);
        },
      ),
      { numRuns: 1500 },
    );
  });
});

/** Nine lists of nine aliases each: 3 GB when written out. */
function laughs(): string {
  const lists = Array.from({ length: 9 }, (_, level) => {
    const item = level === 0 ? 'lol' : `*l${level - 1}`;
    return `l${level}: &l${level} [${Array.from({ length: 9 }, () => item).join(', ')}]`;
  });
  return lists.join('\n');
}
