import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readOverrides } from './overrides.ts';

const path = 'overrides/2025.2/constraints.txt';

function problemsOf(text: string): string[] {
  const { problems } = readOverrides(text, path);
  return problems.map(({ line, code, level, message }) => `${line} ${level} ${code}: ${message}`);
}

describe("a series' overrides", () => {
  it('set and remove pins', () => {
    const text = [
      '# CVE-2026-0001',
      'cryptography===46.0.1  # until 2026.1',
      '',
      "PyMySQL == 1.2.0 ; python_version >= '3.10'",
      '-os.vif # built from source',
      ' - glance_store ',
      '-horizon',
    ];
    const { value, problems } = readOverrides(text.join('\r\n'), path);
    expect(problems).toEqual([]);
    expect(value.path).toBe(path);
    expect(value.entries).toMatchObject([
      { kind: 'set', key: 'cryptography', version: '46.0.1', markerText: '', line: 2 },
      {
        ...{ kind: 'set', name: 'PyMySQL', key: 'pymysql', version: '1.2.0', line: 4 },
        ...{ markerText: "python_version >= '3.10'", marker: { operator: '>=' } },
      },
      { kind: 'remove', name: 'os.vif', key: 'os-vif', line: 5 },
      { kind: 'remove', name: 'glance_store', key: 'glance-store', line: 6 },
      { kind: 'remove', name: 'horizon', key: 'horizon', line: 7 },
    ]);
  });

  it.each([
    ['foo>=1', '`foo>=1` is not a pin to one version', 'write name===version'],
    ['foo @ https://e.org', '`foo @ https://e.org` names a URL', 'write name===version'],
    ['foo[x]===1', '`foo[x]===1` names extras', 'write name===version without brackets'],
    [
      '-r other.txt',
      '`-r other.txt` is an option of pip',
      'remove the line, or pin by name===version',
    ],
    [
      '--hash=sha256:1',
      '`--hash=sha256:1` is an option of pip',
      'remove the line, or pin by name===version',
    ],
    [
      '-foo===1',
      '`-foo===1` says more than a name, but a removal takes all pins of a name',
      'write -foo',
    ],
    [
      "-foo;python_version=='3.9'",
      "`-foo;python_version=='3.9'` says more than a name, but a removal takes all pins of a name",
      'write -foo',
    ],
    [
      '-',
      '`-` is neither -name nor name===version',
      'write -name to remove a pin, or name===version to set it',
    ],
    [
      'foo',
      '`foo` is not name===version',
      'write name===version, or begin the line with # to make it a comment',
    ],
    [
      'foo===new',
      'foo: new is not a version as PEP 440 defines it',
      'write foo===VERSION with a version that was released',
    ],
    ['#\x0bfoo===1', '`# foo===1` holds a control character', 'remove it, or write the line anew'],
  ])('have no line %j', (line, message, remedy) => {
    const { value, problems } = readOverrides(`a===1\n${line}\n-b`, path);
    expect(problems).toEqual([
      { code: 'override-syntax', file: path, line: 2, level: 'failure', message, remedy },
    ]);
    expect(value.entries.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('do not contradict or repeat themselves', () => {
    const text = [
      'a===1',
      'A==2',
      '-a',
      '-b',
      'b===1',
      '- B',
      'c===1',
      'c===1',
      "c===2;python_version>='3.10'",
      '-d',
      '-d',
    ];
    expect(problemsOf(text.join('\n'))).toEqual([
      '2 failure override-contradiction: A: line 1 sets it to 1',
      '3 failure override-contradiction: a: line 1 sets it to 1',
      '5 failure override-contradiction: b: line 4 removes it',
      '6 failure override-contradiction: B: line 5 sets it to 1',
      '8 warning override-duplicate: c: line 7 says the same',
      '11 warning override-duplicate: d: line 10 says the same',
    ]);
  });

  it('have one finding for a merge conflict', () => {
    expect(problemsOf('<<<<<<< HEAD\na===1\n=======\na===2\n>>>>>>> theirs\nb===1')).toEqual([
      '1 failure merge-conflict: A merge conflict begins here',
    ]);
  });

  it('can be any text', () => {
    const piece = fc.constantFrom(
      'a',
      '===',
      '==',
      '1.0',
      ';',
      '#',
      ' ',
      '\n',
      '\r\n',
      '\0',
      '-',
      '__proto__',
      '<<<<<<< ',
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const { value, problems } = readOverrides(text, path);
        const lines = text.split('\n').length;
        for (const { line } of [...value.entries, ...problems])
          expect(line >= 1 && line <= lines).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
