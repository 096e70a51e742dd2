import { describe, expect, it } from 'vitest';
import { constraintsIn, overridesOf } from '../../../test/support/constraint-files.ts';
import { readOverrides } from '../formats/overrides.ts';
import { constraintLine } from '../model/constraints.ts';
import { effectiveConstraints } from './effective.ts';
import { applyOverrides } from './overrides.ts';

/** Lines of the real 2025.2 file, with the spellings and markers that scripts stumbled over. */
const upstreamText = [
  'os_vif===4.2.1',
  'PyMySQL===1.1.1',
  'cryptography===43.0.3',
  "glance_store===4.10.0;python_version=='3.9'",
  "glance_store===5.2.0;python_version>='3.10'",
  'horizon===25.5.2',
].join('\n');

const path = 'overrides/2025.2/constraints.txt';

interface Case {
  readonly name: string;
  readonly overrides: string;
  /** The lines that differ from upstream's on Python 3.12: `-` gone, `+` new. */
  readonly diff: readonly string[];
  readonly codes: readonly string[];
}

const cases: readonly Case[] = [
  {
    name: '1: a removal in another spelling removes that package',
    overrides: '-os.vif\n',
    diff: ['-os_vif===4.2.1'],
    codes: [],
  },
  {
    name: '1b: a removal is no pattern: a dot stands for no other letter',
    overrides: '-os.viv\n',
    diff: [],
    codes: ['override-removes-nothing'],
  },
  {
    name: '2: another case of letters is the same package, and upstream spelling stays',
    overrides: 'pymysql===1.1.2\n',
    diff: ['-PyMySQL===1.1.1', '+PyMySQL===1.1.2'],
    codes: [],
  },
  {
    name: '3: a dash for an underscore is the same package: replaced, not added',
    overrides: 'glance-store===5.2.1\n',
    diff: ["-glance_store===5.2.0;python_version>='3.10'", '+glance_store===5.2.1'],
    codes: ['override-drops-marker'],
  },
  {
    name: '3b: a removal with a dash removes the line with the underscore',
    overrides: '-glance-store\n',
    diff: ["-glance_store===5.2.0;python_version>='3.10'"],
    codes: [],
  },
  {
    name: '4: a package that upstream does not pin is added, and said to be',
    overrides: 'uwsgi===2.0.31\n',
    diff: ['+uwsgi===2.0.31'],
    codes: ['override-adds'],
  },
  {
    name: '5: a marker is replaced by its own line, the other Python keeps its pin',
    overrides: "glance_store===5.2.1;python_version>='3.10'\n",
    diff: [
      "-glance_store===5.2.0;python_version>='3.10'",
      "+glance_store===5.2.1;python_version>='3.10'",
    ],
    codes: [],
  },
  {
    name: '6: an ampersand is a mistake in a version, not the old line again',
    overrides: 'cryptography===44.0.1&\n',
    diff: [],
    codes: ['override-syntax'],
  },
  {
    name: '7: a range is refused, blanks and an inline comment are not',
    overrides: 'horizon>=25.5.3\n cryptography == 44.0.1  # CVE-2024-12797\n',
    diff: ['-cryptography===43.0.3', '+cryptography===44.0.1'],
    codes: ['override-syntax'],
  },
  {
    name: '8: a removal with a blank, a comment and CRLF removes',
    overrides: '-horizon \r\n-os-vif # built from source\r\n',
    diff: ['-os_vif===4.2.1', '-horizon===25.5.2'],
    codes: [],
  },
  {
    name: '9: a CRLF override leaves no carriage return in the pin',
    overrides: 'cryptography===44.0.1\r\n',
    diff: ['-cryptography===43.0.3', '+cryptography===44.0.1'],
    codes: [],
  },
  {
    name: '10: the last override counts without a final newline',
    overrides: '-horizon\ncryptography===44.0.1',
    diff: ['-cryptography===43.0.3', '-horizon===25.5.2', '+cryptography===44.0.1'],
    codes: [],
  },
  {
    name: '11: an addition is a line of its own where upstream has no final newline',
    overrides: 'zzz===1.0\n',
    diff: ['+zzz===1.0'],
    codes: ['override-adds'],
  },
  {
    name: '12: a URL is refused by name, and changes nothing',
    overrides: 'horizon @ git+https://opendev.org/openstack/horizon\n',
    diff: [],
    codes: ['override-syntax'],
  },
];

describe('an override where scripts went wrong (pipeline 2.1)', () => {
  it.each(cases)('$name', ({ overrides, diff, codes }) => {
    const { value, problems } = readOverrides(overrides, path);
    const { set, findings } = applyOverrides(constraintsIn(upstreamText), value);
    const before = linesOn312(applyOverrides(constraintsIn(upstreamText), undefined).set);
    const after = linesOn312(set);
    expect([
      ...before.filter((line) => !after.includes(line)).map((line) => `-${line}`),
      ...after.filter((line) => !before.includes(line)).map((line) => `+${line}`),
    ]).toEqual(diff);
    expect([...problems, ...findings].map(({ code }) => code)).toEqual(codes);
  });

  it('13: the vendored file is only read', () => {
    const file = constraintsIn(upstreamText);
    const before = structuredClone(file);
    applyOverrides(file, overridesOf('-horizon', 'cryptography===44.0.1'));
    expect(file).toEqual(before);
    expect(file.lines.join('')).toBe(upstreamText);
  });
});

function linesOn312(set: ReturnType<typeof applyOverrides>['set']): readonly string[] {
  return effectiveConstraints({ set, python: '3.12', built: [] }).map(constraintLine);
}
