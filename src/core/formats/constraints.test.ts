import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { provenanceLine } from '../model/constraints.ts';
import { describeWithUpstreamData } from '../../../test/support/upstream-data.ts';
import { constraintsText, readConstraints } from './constraints.ts';

const path = 'releases/2025.2/upper-constraints.txt';
const commit = '0e88245f541e4c82e3b0cf4b63cf50d7b7322d46';

function problemsOf(text: string): string[] {
  const { problems } = readConstraints(text, path);
  return problems.map(({ line, code, level, message }) => `${line} ${level} ${code}: ${message}`);
}

describe('upper-constraints.txt', () => {
  it('has names in any spelling, versions and markers', () => {
    const text = [
      '# WARNING: OpenStack makes no security guarantees',
      'PyMySQL===1.1.2',
      '',
      "zc.lockfile===3.0.post1;python_version=='3.9'",
      'glance_store===5.2.0 ; python_version >= "3.10"  # see bug 1',
      '  Pint===0.25.2\t# tab',
    ];
    expect(readConstraints(text.join('\r\n'), path).value.entries).toEqual([
      { name: 'PyMySQL', key: 'pymysql', version: '1.1.2', markerText: '', line: 2 },
      {
        ...{ name: 'zc.lockfile', key: 'zc-lockfile', version: '3.0.post1', line: 4 },
        ...{ markerText: "python_version=='3.9'", marker: pythonMarker('==', '3.9') },
      },
      {
        ...{ name: 'glance_store', key: 'glance-store', version: '5.2.0', line: 5 },
        ...{ markerText: 'python_version >= "3.10"', marker: pythonMarker('>=', '3.10') },
      },
      { name: 'Pint', key: 'pint', version: '0.25.2', markerText: '', line: 6 },
    ]);
    expect(problemsOf(text.join('\n'))).toEqual([]);
  });

  function pythonMarker(operator: string, value: string): object {
    const left = { kind: 'variable', name: 'python_version' };
    return { kind: 'compare', left, operator, right: { kind: 'literal', value } };
  }

  it.each([
    ['foo>=1', '`foo>=1` is not a pin to one version'],
    ['foo==1', '`foo==1` is not a pin to one version'],
    ['foo~=1', '`foo~=1` is not a pin to one version'],
    ['foo===', '`foo===` is not a pin to one version'],
    ['foo @ git+https://example.org/foo', '`foo @ git+https://example.org/foo` names a URL'],
    ['-e .', '`-e .` is an option of pip'],
    ['-foo', '`-foo` is an option of pip'],
    ['foo[bar]===1', '`foo[bar]===1` names extras'],
    ['foo', '`foo` is not name===version'],
    ['===1', '`===1` is not name===version'],
    ['_foo===1', '`_foo===1` does not begin with the name of a package'],
    ['foo===banana', 'foo: banana is not a version as PEP 440 defines it'],
    ['foo===1,<2', 'foo: 1,<2 is not a version as PEP 440 defines it'],
    ['foo===1#why', 'foo: 1#why is not a version as PEP 440 defines it'],
    ['foo===1;bar', 'foo: `bar` is not an environment marker as PEP 508 defines it'],
    ['foo===1;', 'foo: `` is not an environment marker as PEP 508 defines it'],
    ['foo===1\0', '`foo===1\ufffd` holds a control character'],
    ['# see\rfoo===1', '`# see foo===1` holds a control character'],
    ['# see\u2028foo===1', '`# see foo===1` holds a control character'],
  ])('has no line %j', (line, message) => {
    const text = `first===1\n${line}\nlast===1\n`;
    expect(problemsOf(text)).toEqual([`2 failure constraint-syntax: ${message}`]);
    expect(readConstraints(text, path).value.entries.map(({ name }) => name)).toEqual([
      'first',
      'last',
    ]);
  });

  it('may have a name twice under different markers', () => {
    expect(
      problemsOf("a===1;python_version=='3.9'\na===2;python_version>='3.10'\na===3\nb===1\n"),
    ).toEqual([]);
  });

  it('may not have two versions of a name under one marker, and need not have one twice', () => {
    const text = [
      "oslo.db===1;python_version=='3.9'",
      'oslo_db===2;python_version == "3.9"',
      'b===1',
      'B===1',
      "oslo-db===1 ;python_version=='3.9'",
    ];
    expect(problemsOf(text.join('\n'))).toEqual([
      '2 failure constraint-duplicate: oslo_db: line 1 pins it to 1 already',
      '4 warning constraint-duplicate: B: line 3 pins it too',
      '5 warning constraint-duplicate: oslo-db: line 1 pins it too',
    ]);
  });

  it('has one finding for a merge conflict', () => {
    const text = 'a===1\n<<<<<<< HEAD\nb===1\n=======\nb===2\n>>>>>>> theirs\nc===1\n';
    expect(problemsOf(text)).toEqual(['2 failure merge-conflict: A merge conflict begins here']);
    expect(readConstraints(text, path).value.entries.map(({ name }) => name)).toEqual(['a', 'c']);
  });

  it('is never a text that cannot be read, and is given back byte for byte', () => {
    const piece = fc.constantFrom(
      'a',
      '===',
      '1.0',
      ';',
      "python_version=='3.9'",
      '#',
      ' ',
      '\n',
      '\r\n',
      '\r',
      '\0',
      '-',
      '__proto__===1',
      '<<<<<<< ',
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const { value, problems } = readConstraints(text, path);
        expect(constraintsText(value)).toBe(text);
        for (const { line } of [...value.entries, ...problems])
          expect(value.lines[line - 1]).toBeDefined();
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['one long line', 'a'.repeat(5_000_000)],
    ['one long comment', `#${' '.repeat(5_000_000)}`],
    ['blanks', `${' '.repeat(100_000)}x`],
    ['one name', "a===1;python_version=='3.9'\n".repeat(50_000)],
    ['conflicts', '<<<<<<< \n'.repeat(100_000)],
  ])('is read in good time where it is full of %s', (_, text) => {
    expect(constraintsText(readConstraints(text, path).value)).toBe(text);
  });
});

describe('the line that says where the file came from', () => {
  const line = `# openstack/requirements stable/2025.2 ${commit} (synced by pinwheel)`;

  it('is read from the first line', () => {
    const provenance = { ref: 'stable/2025.2', commit, line: 1 };
    expect(readConstraints(`${line}\r\na===1\r\n`, path).value.provenance).toEqual(provenance);
    expect(readConstraints(line, path).value.provenance).toEqual(provenance);
  });

  it.each([
    `a===1\n${line}\n`,
    ` ${line}\n`,
    line.replace(commit, commit.slice(1)),
    line.replace('stable/2025.2', '-x'),
    line.replace(' (synced by pinwheel)', ''),
  ])('is not in %j', (text) => {
    expect(readConstraints(text, path).value).not.toHaveProperty('provenance');
  });

  it('is what a sync writes', () => {
    expect(provenanceLine({ ref: 'stable/2025.2', commit })).toBe(line);
  });
});

describeWithUpstreamData('the real upper-constraints.txt', (data) => {
  const folder = join(data, 'requirements/upper-constraints');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.txt'))
    .sort();

  function readReal(name: string): ReturnType<typeof readConstraints> {
    return readConstraints(readFileSync(join(folder, name), 'utf8'), name);
  }

  it.each(files)('%s is read without a problem and given back', (name) => {
    const { value, problems } = readReal(name);
    expect(problems).toEqual([]);
    expect(constraintsText(value)).toBe(readFileSync(join(folder, name), 'utf8'));
    const contents = value.lines.filter((line) => !line.startsWith('#'));
    expect(value.entries).toHaveLength(contents.length);
  });

  it.each([
    ['2023.1.txt', { names: 592, lines: 592, markers: 0 }],
    ['2024.1.txt', { names: 597, lines: 619, markers: 42 }],
    ['2024.2.txt', { names: 588, lines: 619, markers: 57 }],
    ['2025.1.txt', { names: 588, lines: 599, markers: 22 }],
    ['2025.2.txt', { names: 572, lines: 603, markers: 62 }],
    ['2026.1.txt', { names: 554, lines: 554, markers: 1 }],
    ['master.txt', { names: 575, lines: 575, markers: 0 }],
  ])('%s has as many pins as were counted', (name, counts) => {
    const { entries } = readReal(name).value;
    const names = new Set(entries.map(({ key }) => key)).size;
    const markers = entries.filter(({ marker }) => marker).length;
    expect({ names, lines: entries.length, markers }).toEqual(counts);
  });
});
