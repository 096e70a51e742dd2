import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Marker, MarkerTerm } from '../model/marker.ts';
import { readMarker } from './marker.ts';

function variable(name: string): MarkerTerm {
  return { kind: 'variable', name };
}

function literal(value: string): MarkerTerm {
  return { kind: 'literal', value };
}

function compare(name: string, operator: string, value: string): Marker {
  return { kind: 'compare', left: variable(name), operator, right: literal(value) };
}

describe('an environment marker', () => {
  it.each([
    ["python_version=='3.9'", compare('python_version', '==', '3.9')],
    ['python_version >= "3.10"', compare('python_version', '>=', '3.10')],
    ["  os_name != 'it is # here'", compare('os_name', '!=', 'it is # here')],
    ["platform_machine not   in 'arm64 x'", compare('platform_machine', 'not in', 'arm64 x')],
    ["((sys_platform~='linux'))", compare('sys_platform', '~=', 'linux')],
    [
      "'3.8' <= python_version",
      { kind: 'compare', left: literal('3.8'), operator: '<=', right: variable('python_version') },
    ],
  ])('%s compares', (text, marker) => {
    expect(readMarker(text)).toEqual(marker);
  });

  it('binds and before or, and parentheses before both', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((value) => compare('os_name', '==', value));
    const [x, y, z] = ["os_name=='a'", "os_name=='b'", "os_name=='c'"];
    expect(readMarker(`${x} or ${y} and ${z}`)).toEqual({
      kind: 'or',
      left: a,
      right: { kind: 'and', left: b, right: c },
    });
    expect(readMarker(`(${x} or ${y}) and ${z}`)).toEqual({
      kind: 'and',
      left: { kind: 'or', left: a, right: b },
      right: c,
    });
  });

  it.each([
    '',
    'python_version',
    "python_version=='3.9' or",
    "python_version=='3.9",
    "python_version=='3.9'#why",
    "python_version=='3.9'\n",
    "python=='3.9'",
    "__proto__=='3.9'",
    "python_version=='3.9') or (os_name=='a'",
    `${'('.repeat(900)}os_name=='a'${')'.repeat(900)}`,
    `os_name=='${'a'.repeat(1_000_000)}'`,
  ])('is not %.40j', (text) => {
    expect(readMarker(text)).toBeUndefined();
  });

  it('that compares python_version is read without the library as the library reads it', () => {
    const blank = fc.constantFrom('', ' ', '\t', '  ', '\n', '\u00a0');
    const name = fc.constantFrom('python_version', 'python_version', 'python', 'python_versions');
    const operator = fc.constantFrom('<=', '<', '!=', '==', '>=', '>', '~=', '===', '=', 'in');
    const value = fc.constantFrom('3.9', '3.10', '3', '', '.', '3.9*', 'a', "'", '"', '3 9', '#');
    const quote = fc.constantFrom("'", '"', '');
    const parts = fc.tuple(blank, name, blank, operator, blank, quote, value, quote, blank);
    fc.assert(
      fc.property(parts, (words) => {
        const text = words.join('');
        // In parentheses it is the same marker, and only the library reads those.
        expect(readMarker(text)).toEqual(readMarker(`(${text})`));
      }),
      { numRuns: 2000 },
    );
  });

  it('is the same object for the same text', () => {
    expect(readMarker("os_name=='x'")).toBe(readMarker("os_name=='x'"));
  });

  it('is nothing for any other text, however often it is asked', () => {
    const piece = fc.constantFrom(
      'python_version',
      '==',
      "'3'",
      '(',
      ')',
      ' and ',
      ' or ',
      '"',
      '#',
      ' ',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(piece).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(text, (marker) => {
        expect(readMarker(marker)).toEqual(readMarker(marker));
      }),
      { numRuns: 1000 },
    );
  });
});
