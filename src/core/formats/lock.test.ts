import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LockContent } from '../model/lock.ts';
import { readLock, writeLock } from './lock.ts';

const path = 'releases/2025.2/source-refs.lock.yaml';
const commit = '0e969c5246e3f99b48ed99b58438fc11891b1caa';
const digest = `sha256:${'ab'.repeat(32)}`;

const content: LockContent = {
  series: '2025.2',
  python: '3.12',
  components: new Map([
    ['nova', { component: 'nova', ref: '32.2.1', commit, version: '32.2.1' }],
    ['cinder', { component: 'cinder', ref: 'stable/2025.2', commit, version: '27.0.1.dev16' }],
  ]),
  baseImages: new Map([['docker.io/library/ubuntu:noble', digest]]),
};

const text = `# Derived from source-refs.yaml by "pinwheel lock"; moved by pull request, never by hand.
series: "2025.2"
python: "3.12"
baseImages:
  "docker.io/library/ubuntu:noble": "${digest}"
components:
  "cinder":
    ref: "stable/2025.2"
    commit: "${commit}"
    version: "27.0.1.dev16"
  "nova":
    ref: "32.2.1"
    commit: "${commit}"
    version: "32.2.1"
`;

function problemsOf(hostile: string): string[] {
  const { problems } = readLock(hostile, path, '2025.2');
  return problems.map(({ line, code, message }) => `${line} ${code}: ${message}`);
}

describe('a lock file', () => {
  it('has sorted keys and quoted values', () => {
    expect(writeLock(content)).toBe(text);
  });

  it('is read as it was written', () => {
    expect(readLock(text, path, '2025.2')).toEqual({ value: { ...content, path }, problems: [] });
  });

  it('may lock nothing', () => {
    const empty = { ...content, components: new Map(), baseImages: new Map() };
    expect(writeLock(empty)).toMatch(/\nbaseImages: \{\}\ncomponents: \{\}\n$/);
    expect(readLock(writeLock(empty), path, '2025.2').value).toEqual({ ...empty, path });
  });

  it('gives back any content, in the same bytes whatever the order', () => {
    const name = fc
      .stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,12}$/)
      .filter((text) => !['constructor', 'prototype'].includes(text));
    const component = fc.record({
      component: name,
      ref: fc.stringMatching(/^[A-Za-z0-9][!-~]{0,12}$/),
      commit: fc.stringMatching(/^[0-9a-f]{40}$/),
      version: fc.stringMatching(/^[0-9][0-9a-z.]{0,8}$/),
    });
    const image = fc.tuple(
      fc.stringMatching(/^[a-z0-9][a-z0-9./:_-]{0,15}$/),
      fc.stringMatching(/^sha256:[0-9a-f]{64}$/),
    );
    fc.assert(
      fc.property(fc.array(component), fc.array(image), (components, images) => {
        const byName = components.map((one) => [one.component, one] as const);
        const any = { ...content, components: new Map(byName), baseImages: new Map(images) };
        const written = writeLock(any);
        expect(readLock(written, path, '2025.2')).toEqual({
          value: { ...any, path },
          problems: [],
        });
        const turned = {
          ...content,
          components: new Map([...any.components].reverse()),
          baseImages: new Map([...any.baseImages].reverse()),
        };
        expect(writeLock(turned)).toBe(written);
      }),
      { numRuns: 150 },
    );
  });

  it('has each mistake at its line, and one remedy for all', () => {
    const broken = text
      .replace('series: "2025.2"', 'series: "2025.1"')
      .replace('"3.12"', '3.12')
      .replace(digest, 'sha256:abc')
      .replace(`    commit: "${commit}"\n`, '')
      .replace('  "nova":', '  "../nova":');
    expect(problemsOf(broken)).toEqual([
      '2 wrong-value: series is "2025.1", not "2025.2"',
      "3 wrong-value: python is the number 3.12, not a Python version in quotes, such as '3.12'",
      `5 wrong-value: baseImages.docker.io/library/ubuntu:noble is "sha256:abc", not a digest in quotes, 'sha256:' and 64 digits`,
      '7 missing-key: components.cinder has no commit',
      '10 wrong-key: "../nova" is not a component name (letters, digits, dot, dash and underscore)',
    ]);
    const { problems } = readLock(broken, path, '2025.2');
    expect(new Set(problems.map(({ remedy }) => remedy))).toEqual(
      new Set(['run "pinwheel lock", which writes this file anew']),
    );
  });

  it('is of the series whose folder it is in', () => {
    expect(problemsOf(text.replace('series: "2025.2"', 'series: "2025.1"'))).toEqual([
      '2 wrong-value: series is "2025.1", not "2025.2"',
    ]);
  });

  it.each(['', '[]', 'a: "', text.replace('components:', '<<<<<<< HEAD\ncomponents:')])(
    'has one finding where it is no lock at all: %j',
    (hostile) => {
      expect(problemsOf(hostile)).toHaveLength(1);
    },
  );

  it('never makes the reader throw', () => {
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(20), fc.string(), (start, cut, put) => {
        const hostile = text.slice(0, start) + put + text.slice(start + cut);
        expect(readLock(hostile, path, '2025.2').value.components).toBeInstanceOf(Map);
      }),
      { numRuns: 300 },
    );
  });
});
