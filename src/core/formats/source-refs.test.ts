import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refText } from '../model/source-ref.ts';
import { readSourceRef, readSourceRefs } from './source-refs.ts';

const context = { path: 'releases/2025.2/source-refs.yaml', series: '2025.2' };
const sha = '0123456789abcdef0123456789abcdef01234567';

function read(text: string): { pins: Record<string, string>; problems: string[] } {
  const { value, problems } = readSourceRefs(text, context);
  return {
    pins: Object.fromEntries(
      value.map((pin) => [`${pin.component}:${pin.line}`, refText(pin.ref)]),
    ),
    problems: problems.map(({ line, code, message }) => `${line} ${code}: ${message}`),
  };
}

describe('source-refs.yaml', () => {
  it('pins tags, branches and commits, with comments and any quotes', () => {
    const text = [
      '---',
      '# The six services',
      'keystone: "28.0.2"     # tag',
      "nova:     'stable/2025.2'",
      '',
      `neutron:  "${sha.toUpperCase()}"  # unmaintained/2024.1, until eom`,
      'glance: 31.0.0',
      'ovn: "v25.09.4"',
    ].join('\r\n');
    expect(readSourceRefs(text, context)).toEqual({
      problems: [],
      value: [
        { ...pin('keystone', 3), ref: { kind: 'tag', tag: '28.0.2' } },
        { ...pin('nova', 4), ref: { kind: 'branch', branch: 'stable/2025.2' } },
        {
          ...pin('neutron', 6),
          ref: { kind: 'commit', commit: sha, follows: 'unmaintained/2024.1' },
        },
        { ...pin('glance', 7), ref: { kind: 'tag', tag: '31.0.0' } },
        { ...pin('ovn', 8), ref: { kind: 'tag', tag: 'v25.09.4' } },
      ],
    });
  });

  function pin(component: string, line: number): object {
    return { series: '2025.2', component, file: context.path, line };
  }

  it.each(['', '\n', '# nothing yet\n', '---\n', '{}\n', '\ufeff# \r\n'])(
    'may be empty: %j',
    (text) => {
      expect(read(text)).toEqual({ pins: {}, problems: [] });
    },
  );

  it.each([
    ['# stable/2025.1', 'stable/2025.1'],
    ['#master', 'master'],
    ['# main: moves', 'main'],
    ['# branch-25.09', 'branch-25.09'],
    ['# commit SHA', 'stable/2025.2'],
    ['# commit SHA unmaintained/2024.1, CVE', 'unmaintained/2024.1'],
    ['# branch stable/2025.1', 'stable/2025.1'],
    ['# because of bug 1', 'stable/2025.2'],
    ['# https://bugs.launchpad.net/nova', 'stable/2025.2'],
    ['# branches/..', 'stable/2025.2'],
    ['#', 'stable/2025.2'],
  ])('a commit with the comment %j follows %s', (comment, follows) => {
    expect(readSourceRef(sha, { series: '2025.2', comment })).toMatchObject({ follows });
  });

  it.each([
    ['zed-eom', 'tag'],
    ['2025.1-eol', 'tag'],
    ['32.0.0.0rc1', 'tag'],
    ['v2.3', 'tag'],
    ['branch-25.09', 'branch'],
    ['essex-rc4', 'branch'],
    ['master', 'branch'],
    [sha, 'commit'],
  ])('%s is a %s', (text, kind) => {
    expect(readSourceRef(text, { series: '2025.2' }).kind).toBe(kind);
  });
});

describe('a mistake in source-refs.yaml', () => {
  it.each([
    ['nova: 28.0', 'source-ref-type: nova: 28.0 has no quotes, so YAML reads a number'],
    ['nova: 1234e56', 'source-ref-type: nova: 1234e56 has no quotes, so YAML reads a number'],
    ['nova: true', 'source-ref-type: nova: true has no quotes, so YAML reads a boolean'],
    ['nova:', 'source-ref-type: nova has no ref'],
    ['nova: ~', 'source-ref-type: nova has no ref'],
    ['nova: ""', 'source-ref-empty: nova: the ref is empty'],
    ['nova: [a, b]', 'source-ref-type: nova holds more than one ref'],
    ['nova: {a: "b"}', 'source-ref-type: nova holds more than one ref'],
    ['nova: !!str 28.0', 'source-ref-type: nova has a YAML tag before its ref'],
    ['nova: |-\n  28.0.0', 'source-ref-type: nova has a ref on several lines'],
    ['nova: "28\n  0"', 'source-ref-type: nova has a ref on several lines'],
    ['nova: &a "1"', 'yaml-alias: nova uses an anchor, an alias or a merge key'],
    ['<<: {a: "b"}', 'yaml-alias: << uses an anchor, an alias or a merge key'],
    ['\tnova: "1"', 'yaml-tab: `nova: "1"` is indented with a tab, which YAML forbids'],
    [
      ' nova: "1"',
      'yaml-syntax: `nova: "1"` is not valid YAML: it is indented more than the lines above',
    ],
    ['nova: "1', 'yaml-syntax: `nova: "1` is not valid YAML: missing closing "quote'],
    ['nova: "1" 2', 'yaml-syntax: `nova: "1" 2` is not valid YAML: unexpected scalar at node end'],
    ['nova:"1"', 'source-refs-mapping: `nova:"1"` is not component: "ref"'],
    ['- nova', 'source-refs-mapping: `- nova` is not component: "ref"'],
    ['__proto__: "1"', 'component-name: `__proto__` cannot be the name of a component'],
    ['"a/b": "1"', 'component-name: `a/b` cannot be the name of a component'],
    ['keystone: "1"', 'duplicate-key: keystone stands on line 1 already'],
    ['"keystone": "1"', 'duplicate-key: keystone stands on line 1 already'],
    [
      'nova: "-x"',
      'source-ref-name: nova: the ref -x begins with a dash, which git takes for an option',
    ],
    ['nova: " 1"', 'source-ref-name: nova: the ref 1 holds a space, which no git ref may'],
    ['nova: "a..b"', 'source-ref-name: nova: the ref a..b holds .. or @{, which no git ref may'],
    ['nova: "refs/tags/1"', 'source-ref-name: nova: the ref refs/tags/1 is the full name of a ref'],
    [
      `nova: "${sha.slice(1)}"`,
      `source-ref-commit: nova: the ref ${sha.slice(1)} looks like a commit, but has 39 digits instead of 40`,
    ],
    [
      `nova: "${sha}1"`,
      `source-ref-commit: nova: the ref ${sha}1 looks like a commit, but has 41 digits instead of 40`,
    ],
    [
      'nova: "0e969c52"',
      'source-ref-commit: nova: the ref 0e969c52 looks like a commit, but has 8 digits instead of 40',
    ],
    [
      '<<<<<<< HEAD\nnova: "1"\n=======\nnova: "2"\n>>>>>>> theirs',
      'merge-conflict: A merge conflict begins here',
    ],
    ['---', 'yaml-syntax: The file is not valid YAML: a second document begins here'],
  ])('is one finding and hides no other pin: %j', (line, problem) => {
    const after = line.split('\n').length + 2;
    const { pins, problems } = read(`keystone: "28.0.2"\n${line}\nglance: "31.0.0"\n`);
    expect(problems).toEqual([`2 ${problem}`]);
    expect(pins).toEqual({ 'keystone:1': '28.0.2', [`glance:${after}`]: '31.0.0' });
  });

  it('tells what to write instead of a number', () => {
    const [problem] = readSourceRefs('nova: 28.0 # tag\n', context).problems;
    expect(problem).toEqual({
      code: 'source-ref-type',
      file: context.path,
      line: 1,
      level: 'failure',
      message: 'nova: 28.0 has no quotes, so YAML reads a number',
      remedy: 'write nova: "28.0"',
    });
  });

  it.each(['["nova"]', '"nova"', '- nova: "1"', '{nova: "1"}', 'nova'])(
    'can be that it is no mapping: %s',
    (text) => {
      expect(read(`# odd\n${text}\n`)).toEqual({
        pins: {},
        problems: [`2 source-refs-mapping: \`${text}\` is not component: "ref"`],
      });
    },
  );

  it('never makes reading fail', () => {
    const piece = fc.constantFrom(
      'nova',
      ': ',
      '"',
      "'",
      '\n',
      '\t',
      ' ',
      '#',
      '- ',
      '1.0',
      '{',
      '&a',
      '*a',
      '<<<<<<< ',
      '%',
      '---',
      '|',
      '\0',
      '\r',
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const { value, problems } = readSourceRefs(text, context);
        const lines = text.split('\n').length;
        expect(problems.every(({ line }) => line >= 1 && line <= lines)).toBe(true);
        expect(value.every(({ line }) => line >= 1 && line <= lines)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['nested', '['.repeat(100_000)],
    ['full of repetitions', 'a: "1"\n'.repeat(10_000)],
    ['a single line', `a: "${'x'.repeat(10_000_000)}"`],
    ['full of conflicts', '<<<<<<< \n'.repeat(10_000)],
    ['full of open quotes', 'a: "\n'.repeat(20_000)],
  ])('is told in good time where the file is %s', (_, text) => {
    expect(readSourceRefs(text, context).problems.length).toBeGreaterThan(0);
  });
});

describe('a ref of a component that the policy knows', () => {
  const text = `plugin: "release-1.2.0"\nother: "release-1.2.0"\novn: "${'1'.repeat(40)}"\n`;

  it('is a tag where it has the pattern of its tags', () => {
    const components = new Map([
      ['plugin', { build: 'python', tag: 'release-{version}' } as const],
      ['ovn', { build: 'autotools', tag: '{version}' } as const],
    ]);
    const { value } = readSourceRefs(text, { path: 'p', series: '2025.2', components });
    expect(value.map(({ ref }) => ref.kind)).toEqual(['tag', 'branch', 'commit']);
  });
});
