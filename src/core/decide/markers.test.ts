import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markerOf } from '../../../test/support/constraint-files.ts';
import { describeWithPackaging } from '../../../test/support/python-packaging.ts';
import type { Marker } from '../model/marker.ts';
import { markerApplies } from './markers.ts';

function holds(text: string, python = '3.12'): boolean {
  return markerApplies(markerOf(text), { python });
}

describe('a marker', () => {
  it('that is missing always applies', () => {
    expect(markerApplies(undefined, { python: '3.12' })).toBe(true);
  });

  it.each([
    ["python_version=='3.9'", false],
    ["python_version>='3.10'", true],
    ["python_version>'3.9'", true],
    ["python_version<'3.2'", false],
    ["'3.9' <= python_version", true],
    ["'3.13' <= python_version", false],
    ["python_version ~= '3.9'", true],
    ["python_version ~= '3.13'", false],
    ["python_version == '3.*'", true],
    ["python_version != '3.12.*'", false],
    ["python_version == '3.12.0'", true],
    ["python_version in '3.9 3.12'", true],
    ["python_version not in '3.9 3.12'", false],
    ["python_full_version >= '3.12.0'", true],
    ["python_full_version > '3.12.0'", false],
    ["python_full_version > '3.12.0rc1'", true],
    ["python_full_version < '3.12.0.post1'", true],
    ["sys_platform == 'linux'", true],
    ["sys_platform == 'win32'", false],
    ["sys_platform != 'win32' and python_version < '3.9'", false],
    ["sys_platform == 'win32' or python_version >= '3.9'", true],
    ["(os_name == 'nt' or os_name == 'posix') and platform_system == 'Linux'", true],
    ["os_name == 'posix' or os_name == 'nt' and python_version < '3'", true],
    ["platform_python_implementation == 'CPython'", true],
    ["implementation_name == 'pypy'", false],
    ["platform_machine == 'x86_64'", true],
    ["extra == 'test'", false],
    ["extra == ''", true],
  ])('%s is %s on Python 3.12', (text, expected) => {
    expect(holds(text)).toBe(expected);
  });

  it('compares versions by number: 3.9 is older than 3.10', () => {
    expect(holds("python_version >= '3.10'", '3.9')).toBe(false);
  });

  it('knows the machine and the full version where they are given', () => {
    const environment = { python: '3.12', pythonFullVersion: '3.12.7', platformMachine: 'aarch64' };
    const marker = markerOf("platform_machine=='aarch64' and python_full_version>='3.12.4'");
    expect(markerApplies(marker, environment)).toBe(true);
  });

  it('takes a full version as the target Python', () => {
    expect(holds("python_version == '3.12' and python_full_version == '3.12.3'", '3.12.3')).toBe(
      true,
    );
  });

  it('with === compares versions as they are written', () => {
    const left = { kind: 'variable', name: 'python_version' } as const;
    const [same, padded] = ['3.12', '3.12.0'].map((value) =>
      markerApplies(
        { kind: 'compare', left, operator: '===', right: { kind: 'literal', value } },
        { python: '3.12' },
      ),
    );
    expect([same, padded]).toEqual([true, false]);
  });

  it('that PEP 508 gives no meaning to leaves the line to pip', () => {
    const left = { kind: 'variable', name: 'no_such_variable' } as const;
    const right = { kind: 'literal', value: 'x' } as const;
    const marker: Marker = { kind: 'compare', left, operator: '==', right };
    expect(markerApplies(marker, { python: '3.12' })).toBe(true);
  });

  it('may chain more terms than the stack has room for', () => {
    let marker = markerOf("python_version=='2.7'")!;
    const right = marker;
    for (let n = 0; n < 30_000; n++) marker = { kind: 'or', left: marker, right };
    expect(markerApplies(marker, { python: '3.12' })).toBe(false);
  });
});

const pythons = ['3.9', '3.10', '3.12', '3.13'];

const versionTerm = fc
  .tuple(
    fc.constantFrom('python_version', 'python_full_version', 'implementation_version'),
    fc.oneof(
      fc.tuple(
        fc.constantFrom('==', '!=', '<', '<=', '>', '>=', '~='),
        fc.constantFrom('3.8', '3.9', '3.10', '3.12', '3.13', '3.12.0', '3.10.4', '3.13.0rc1'),
      ),
      fc.tuple(fc.constantFrom('==', '!='), fc.constantFrom('3.*', '3.1.*', '3.12.*', '3.9.0.*')),
      fc.tuple(fc.constantFrom('in', 'not in'), fc.constantFrom('3.9 3.10', '3.12,3.13', '')),
    ),
  )
  .map(([variable, [operator, value]]) => `${variable} ${operator} '${value}'`);

const reversedTerm = fc
  .tuple(
    fc.constantFrom('3.8', '3.9', '3.10', '3.12', '3.12.1', '3.13.0rc1', '3.9.post1', '4'),
    fc.constantFrom('==', '!=', '<', '<=', '>', '>=', '~=', 'in', 'not in'),
    fc.constantFrom('python_version', 'python_full_version'),
  )
  .map((parts) => `'${parts[0]}' ${parts[1]} ${parts[2]}`);

const wordTerm = fc
  .tuple(
    fc.constantFrom('sys_platform', 'os_name', 'platform_machine', 'implementation_name', 'extra'),
    fc.constantFrom('==', '!=', 'in', 'not in'),
    fc.constantFrom('linux', 'posix', 'x86_64', 'cpython', 'win32 linux', 'Test_Extra'),
    fc.boolean(),
  )
  .map(([variable, operator, word, turned]) =>
    turned ? `'${word}' ${operator} ${variable}` : `${variable} ${operator} '${word}'`,
  );

const { marker: anyMarker } = fc.letrec<{ marker: string }>((tie) => ({
  marker: fc.oneof(
    { maxDepth: 4, depthSize: 'medium' },
    fc.oneof(versionTerm, reversedTerm, wordTerm),
    fc
      .tuple(tie('marker'), fc.constantFrom('and', 'or'), tie('marker'))
      .map((all) => all.join(' ')),
    tie('marker').map((inner) => `(${inner})`),
  ),
}));

describeWithPackaging('markers and Python', (oracle) => {
  it('agree on random markers for every Python that images have', () => {
    const markers = fc.sample(anyMarker, 1000);
    const environments = pythons.map((python) => ({
      python_version: python,
      python_full_version: `${python}.0`,
      implementation_version: `${python}.0`,
      implementation_name: 'cpython',
      platform_python_implementation: 'CPython',
      sys_platform: 'linux',
      os_name: 'posix',
      platform_system: 'Linux',
      platform_machine: 'x86_64',
      extra: '',
    }));
    const answers = oracle.evaluate({ markers, environments });
    const wrong = markers.flatMap((text, row) =>
      pythons
        .filter((python, column) => holds(text, python) !== answers[row]?.[column])
        .map((python) => `${text} on ${python}`),
    );
    expect(wrong).toEqual([]);
  });
});
