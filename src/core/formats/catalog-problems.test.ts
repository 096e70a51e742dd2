import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { snapshotFile, snapshotOf } from '../../../test/support/snapshot.ts';
import type { SnapshotContent } from '../../../test/support/snapshot.ts';
import { policyPath } from '../model/catalog.ts';
import type { FileMode } from '../model/snapshot.ts';
import { readCatalog } from './catalog.ts';

function problemsOf(files: SnapshotContent): string[] {
  return readCatalog(snapshotOf(files)).problems.map(
    ({ file, line, code }) => `${file}:${line} ${code}`,
  );
}

const refs = { 'releases/2025.2/source-refs.yaml': 'nova: "32.2.1"\n' };

describe('a repository with mistakes', () => {
  it('has its findings by file and line', () => {
    expect(
      problemsOf({
        '.github/pinwheel.yml': 'bilds: bot\n',
        'images/nova/Dockerfile': 'FROM python-base\nFROM $X\n',
        'releases/2025.2/extra-packages.yaml': 'nova: {a: 1}\n',
        'releases/2025.2/source-refs.yaml': 'nova: "32.2.1"\nnova: "32.2.2"\n',
      }),
    ).toEqual([
      '.github/pinwheel.yml:1 unknown-key',
      'images/nova/Dockerfile:2 dockerfile-arg',
      'releases/2025.2/extra-packages.yaml:1 unknown-key',
      'releases/2025.2/source-refs.yaml:2 duplicate-key',
    ]);
  });

  it('knows the line that is not UTF-8', () => {
    const bytes = Buffer.concat([
      Buffer.from('nova: "1"\n# J'),
      Buffer.of(0xf6),
      Buffer.from('rg\n'),
    ]);
    expect(problemsOf({ 'releases/2025.2/source-refs.yaml': snapshotFile(bytes, 'file') })).toEqual(
      ['releases/2025.2/source-refs.yaml:2 not-utf8'],
    );
  });

  it('keeps the byte order mark of a file out of its values', () => {
    const { problems, series } = readCatalog(
      snapshotOf({ 'releases/2025.2/source-refs.yaml': '\u{feff}nova: "32.2.1"\n' }),
    );
    expect(problems).toEqual([]);
    expect(series[0]?.pins[0]?.component).toBe('nova');
  });

  it('needs pins in every series', () => {
    expect(problemsOf({ 'releases/2025.2/upper-constraints.txt': '' })).toEqual([
      'releases/2025.2/source-refs.yaml:1 missing-source-refs',
    ]);
  });

  it('names its series by their ids', () => {
    expect(
      problemsOf({
        ...refs,
        'releases/flamingo/source-refs.yaml': '',
        'overrides/2025.02/constraints.txt': '',
        'patches/nova/2026.1/0001-a.patch': '',
        'patches/nova/2026.1/0002-b.patch': '',
      }),
    ).toEqual([
      'overrides/2025.02/constraints.txt:1 unknown-series-folder',
      'patches/nova/2026.1/0001-a.patch:1 unknown-series-folder',
      'releases/flamingo/source-refs.yaml:1 unknown-series-folder',
    ]);
  });

  it('has no patch where nothing would apply it', () => {
    expect(
      problemsOf({
        ...refs,
        'patches/0001-a.patch': '',
        'patches/nova/0001-a.patch': '',
        'patches/nova/2025.2/old/0001-a.patch': '',
        'patches/nova/flamingo/0001-a.patch': '',
      }),
    ).toEqual([
      'patches/0001-a.patch:1 patch-misplaced',
      'patches/nova/0001-a.patch:1 patch-misplaced',
      'patches/nova/2025.2/old/0001-a.patch:1 patch-misplaced',
      'patches/nova/flamingo/0001-a.patch:1 patch-misplaced',
    ]);
  });

  it('has symbolic links, none of which is followed', () => {
    const link = snapshotFile('../../../../etc/passwd', 'symlink');
    const catalog = readCatalog(
      snapshotOf({
        'docs/link': link,
        'releases/2025.2/source-refs.yaml': link,
        'releases/latest': link,
        'images/nova/Dockerfile': link,
        'images/nova/extra': link,
        'patches/nova/2025.2/0001-a.patch': link,
        '.github/pinwheel.yml': link,
        'releases/2025.2/upper-constraints.txt': '',
      }),
    );
    expect(new Set(catalog.problems.map(({ code }) => code))).toEqual(new Set(['symlink']));
    expect(catalog.problems).toHaveLength(6);
    expect(catalog.images.size + catalog.components.size).toBe(0);
  });

  it('can have a lock that nobody can use: as good as none, and only a warning', () => {
    const { problems, warnings, series } = readCatalog(
      snapshotOf({
        ...refs,
        'releases/2025.2/source-refs.lock.yaml': '<<<<<<< HEAD\na\n>>>>>>> x\n',
      }),
    );
    expect(problems).toEqual([]);
    expect(series[0]).not.toHaveProperty('lock');
    expect(warnings?.map(({ code, level, remedy }) => `${level} ${code}: ${remedy}`)).toEqual([
      'warning merge-conflict: run "pinwheel lock", which writes this file anew',
    ]);
  });

  it('has image folders that cannot be images', () => {
    expect(problemsOf({ ...refs, 'images/a b/Dockerfile': 'FROM x\n' })).toEqual([
      'images/a b/Dockerfile:1 image-name',
    ]);
  });
});

describe('hostile bytes', () => {
  const paths = [
    ...['.github/pinwheel.yml', 'images/nova/Dockerfile', 'images/__proto__/Dockerfile'],
    ...['releases/2025.2/source-refs.yaml', 'releases/2025.2/source-refs.lock.yaml'],
    ...['releases/2025.2/upper-constraints.txt', 'releases/2025.2/extra-packages.yaml'],
    ...['overrides/2025.2/constraints.txt', 'patches/nova/2025.2/0001-a.patch', 'releases//x'],
    ...['patches/__proto__/2025.2/1.patch', 'images/', 'patches/.patch', 'releases/constructor/x'],
  ];
  const text = fc.constantFrom(
    ...[
      '__proto__: "1"\n',
      'constructor===1\n',
      'nova: "32.2.1"  # tag\r\n',
      '-__proto__',
      'a:\n  - ',
    ],
    ...[
      'FROM __proto__\n',
      '\0',
      'a'.repeat(70_000),
      '[[[[',
      '&a *a',
      "x===1;python_version=='3.9'",
    ],
  );
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.string().map((string) => Buffer.from(string)),
    fc.array(text, { maxLength: 5 }).map((parts) => Buffer.from(parts.join(''))),
  );
  const mode = fc.constantFrom<FileMode>('file', 'executable', 'symlink');
  const any = fc.dictionary(
    fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...paths) },
      { weight: 1, arbitrary: fc.string() },
    ),
    fc.record({ mode, bytes: content }),
  );

  it('never make the reader throw, and every finding names a file, a line and a remedy', () => {
    fc.assert(
      fc.property(any, (files) => {
        const { problems, warnings = [] } = readCatalog(snapshotOf(files));
        for (const finding of [...problems, ...warnings]) {
          expect(finding.file).not.toBe('');
          expect(finding.line).toBeGreaterThanOrEqual(1);
          expect(finding.remedy).not.toMatch(/^$|\.$/);
          expect(finding.message).not.toMatch(/^$|\.$|[\0-\x1f]/);
        }
        expect(problems.every(({ level }) => level === 'failure')).toBe(true);
      }),
      {
        numRuns: 500,
        examples: [[{ [policyPath]: { mode: 'file', bytes: Buffer.from('*\0') } }]],
      },
    );
  });
});
