import { describe, expect, it } from 'vitest';
import { patchText } from '../../../test/support/patch-queue.ts';
import { snapshotOf } from '../../../test/support/snapshot.ts';
import { readCatalog } from '../formats/catalog.ts';
import { patchLint } from './patch-lint.ts';

const refs = {
  'releases/2025.1/source-refs.yaml': 'nova: "31.0.0"\n',
  'releases/2025.2/source-refs.yaml': 'nova: "32.0.0"\nglance: "31.0.0"\n',
};

/** `0001-a.patch:1 warning patch-crlf: message`, without the folder of nova in 2025.2. */
function lint(patches: Readonly<Record<string, string>>): readonly string[] {
  const paths = Object.entries(patches).map(
    ([name, text]) => [`patches/nova/2025.2/${name}`, text] as const,
  );
  const catalog = readCatalog(snapshotOf({ ...refs, ...Object.fromEntries(paths) }));
  expect(catalog.problems).toEqual([]);
  return patchLint(catalog)
    .filter(({ code }) => code !== 'patch-not-in-sibling')
    .map(
      ({ file, line, level, code }) =>
        `${file.slice(file.lastIndexOf('/') + 1)}:${line} ${level} ${code}`,
    );
}

function withId(subject: string): string {
  const id = `Change-Id: I${'a'.repeat(40)}`;
  return patchText(subject, 'x').replace('Closes-Bug: #1234567', id);
}

describe('the lint of patches', () => {
  it.each<[string, Readonly<Record<string, string>>, ...string[]]>([
    [
      'nothing to say',
      { '0001-a.patch': patchText('a', 'x'), '0002-b.patch': patchText('b', 'x') },
    ],
    [
      'a plain diff',
      { '0001-a.patch': '--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n' },
      '0001-a.patch:1 warning patch-header-missing',
    ],
    [
      'neither Change-Id nor bug',
      { '0001-a.patch': patchText('a', 'x').replace('Closes-Bug', 'See') },
      '0001-a.patch:1 notice patch-origin-missing',
    ],
    [
      'CRLF',
      { '0001-a.patch': patchText('a', 'x').replaceAll('\n', '\r\n') },
      '0001-a.patch:1 warning patch-crlf',
    ],
    [
      'several commits',
      {
        '0001-a.patch': ['a', 'b']
          .map((id) => `From ${id.repeat(40)} Mon\n${patchText(id, 'x')}`)
          .join(''),
      },
      '0001-a.patch:16 notice patch-several-commits',
    ],
    ['damage, which is a verdict', { '0001-a.patch': '' }],
    [
      'numbers',
      {
        '0002-a.patch': patchText('a', 'x'),
        '0002-b.patch': patchText('b', 'x'),
        '0005-c.patch': patchText('c', 'x'),
        'd.patch': patchText('d', 'x'),
      },
      '0002-a.patch:1 notice patch-number-gap',
      '0002-b.patch:1 warning patch-number-duplicate',
      '0005-c.patch:1 notice patch-number-gap',
      'd.patch:1 warning patch-number-missing',
    ],
  ])('knows %s', (_, patches, ...expected) => {
    expect(lint(patches)).toEqual(expected);
  });

  it('tells which series lack a fix that another carries', () => {
    const text = patchText('Fix it', 'x');
    const catalog = readCatalog(
      snapshotOf({
        ...refs,
        'patches/nova/2025.2/0001-fix.patch': text,
        'patches/nova/2025.1/0001-same.patch': withId('Same'),
        'patches/nova/2025.2/0002-same-but-renamed.patch': withId('Renamed'),
        'patches/glance/2025.2/0001-only-one-series.patch': text,
      }),
    );
    expect(patchLint(catalog)).toEqual([
      {
        code: 'patch-not-in-sibling',
        file: 'patches/nova/2025.2/0001-fix.patch',
        line: 1,
        level: 'notice',
        message: 'nova: 2025.2 carries 0001-fix.patch, and 2025.1 does not',
        remedy: 'carry it in 2025.1 as well, unless the source there has it',
      },
    ]);
  });

  it('leaves it to the catalog to name what no patch is', () => {
    const catalog = readCatalog(
      snapshotOf({
        ...refs,
        'patches/nova/2025.2/0001-a.diff': '',
        'patches/nova/2025.2/README.md': '',
        'patches/nova/2025.2/.gitkeep': '',
        'patches/nova/README': '',
      }),
    );
    expect(catalog.warnings?.map(({ file, code }) => `${file} ${code}`)).toEqual([
      'patches/nova/2025.2/0001-a.diff patch-stray-file',
    ]);
  });
});
