import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constraintsOf, overridesOf } from '../../../test/support/constraint-files.ts';
import { constraintLine } from '../model/constraints.ts';
import { applyOverrides } from './overrides.ts';

const path = 'overrides/2025.2/constraints.txt';

describe('overrides', () => {
  const file = constraintsOf(
    "a===1;python_version=='3.9'",
    'b===1',
    "a===2;python_version>='3.10'",
    'c===1',
  );

  it('without marker stand for all lines of a name, where the first one stood', () => {
    const { set } = applyOverrides(file, overridesOf('a===3'));
    expect(set.map(constraintLine)).toEqual(['a===3', 'b===1', 'c===1']);
  });

  it('remember where each line came from', () => {
    const { set } = applyOverrides(file, overridesOf('', 'c===2', 'new===1'));
    expect(set.map(({ name, origin, line }) => `${name} ${origin} ${line}`)).toEqual([
      'a upstream 1',
      'b upstream 2',
      'a upstream 3',
      'c override 2',
      'new override 3',
    ]);
  });

  it('add at the end in their own order', () => {
    const { set } = applyOverrides(file, overridesOf('z===1', 'y===1', 'b===2'));
    expect(set.map(constraintLine).slice(-2)).toEqual(['z===1', 'y===1']);
  });

  it('with a marker that no line has are added, in the spelling of the file', () => {
    const upstream = constraintsOf("zc.lockfile===1;python_version=='3.9'");
    const { set, findings } = applyOverrides(
      upstream,
      overridesOf("zc-lockfile===2;python_version>='3.10'"),
    );
    expect(set.map(constraintLine)).toEqual([
      "zc.lockfile===1;python_version=='3.9'",
      "zc.lockfile===2;python_version>='3.10'",
    ]);
    expect(findings.map(({ code, line }) => [code, line])).toEqual([['override-adds', 1]]);
  });

  it('match markers whatever their quotes and blanks, and keep those of the file', () => {
    const { set } = applyOverrides(file, overridesOf('a===5; python_version >= "3.10"'));
    expect(set.map(constraintLine)).toContain("a===5;python_version>='3.10'");
  });

  it('that are not there leave everything as it is', () => {
    const { set, findings } = applyOverrides(file, undefined);
    expect(set.map(constraintLine)).toEqual(file.entries.map(constraintLine));
    expect(findings).toEqual([]);
  });

  it('of hostile names hit nothing of the language', () => {
    const { set } = applyOverrides(file, overridesOf('constructor===1', '-toString'));
    expect(set.at(-1)).toMatchObject({ name: 'constructor', origin: 'override' });
  });
});

describe('a finding on an override', () => {
  const file = constraintsOf(
    'PyMySQL===1.1.1',
    "glance_store===4.10.0;python_version=='3.9'",
    "glance_store===5.2.0;python_version>='3.10'",
    'python-novaclient===18.9.0',
    'oslo.messaging===15.0.0.0rc1',
  );

  function findings(...lines: readonly string[]) {
    return applyOverrides(file, overridesOf(...lines)).findings;
  }

  it('says that nothing changes', () => {
    expect(findings('# why', 'pymysql===1.1.1')).toEqual([
      {
        code: 'override-changes-nothing',
        file: path,
        line: 2,
        level: 'warning',
        message: 'releases/2025.2/upper-constraints.txt pins pymysql to 1.1.1 already',
        remedy: 'remove the line',
      },
    ]);
  });

  it('says which later line undoes it', () => {
    expect(findings('pymysql===1.1.2', 'pymysql===1.1.3')).toMatchObject([
      {
        code: 'override-changes-nothing',
        line: 1,
        message: 'line 2 undoes the override of pymysql',
      },
    ]);
  });

  it('says that it is older than the newest line it replaces', () => {
    expect(findings('glance-store===5.1.0')).toMatchObject([
      {
        code: 'override-older',
        level: 'warning',
        message:
          'glance-store 5.1.0 is older than 5.2.0, the pin of releases/2025.2/upper-constraints.txt:3',
      },
      { code: 'override-drops-marker', level: 'notice', line: 1 },
    ]);
  });

  it('knows by PEP 440 that a final release is newer than its candidate', () => {
    expect(findings('oslo-messaging===15.0.0')).toEqual([]);
  });

  it('names the package that was probably meant, as upstream spells it', () => {
    expect(findings('-pymysq', '-novaclient', 'uwsgi===2.0.31')).toMatchObject([
      { code: 'override-removes-nothing', remedy: 'name the package as upstream does: PyMySQL' },
      { remedy: 'name the package as upstream does: python-novaclient' },
      {
        code: 'override-adds',
        level: 'notice',
        remedy: expect.stringContaining('leave it') as string,
      },
    ]);
  });

  it('is quick to make for a file of unknown names', () => {
    const many = Array.from({ length: 20_000 }, (_, n) => `-no-such-package-${n}`);
    expect(findings(...many)).toHaveLength(many.length);
  });
});

const name = fc.constantFrom('PyMySQL', 'pymysql', 'zc.lockfile', 'zc-lockfile', 'b', 'c');
const version = fc.constantFrom('1', '1.0', '2', '3.0.0rc1');
const marker = fc.constantFrom('', '', ";python_version=='3.9'", ";python_version>='3.10'");
const pin = fc.tuple(name, version, marker).map(([n, v, m]) => `${n}===${v}${m}`);
const override = fc.oneof(
  pin,
  name.map((n) => `-${n}`),
);

describe('overrides applied twice', () => {
  it('are the same as applied once', () => {
    fc.assert(
      fc.property(fc.array(pin), fc.array(override), (pins, lines) => {
        const overrides = overridesOf(...lines);
        const once = applyOverrides(constraintsOf(...pins), overrides).set.map(constraintLine);
        const twice = applyOverrides(constraintsOf(...once), overrides).set.map(constraintLine);
        expect(twice).toEqual(once);
      }),
    );
  });
});
