import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { failureScan } from '../../src/core/decide/failure-class.ts';
import { logReader } from '../../src/core/formats/build-log.ts';
import type { CellFailure } from '../../src/core/model/build.ts';

const folder = new URL('../logs/', import.meta.url);

function read(...pieces: readonly string[]): CellFailure {
  const scan = failureScan();
  const reader = logReader(scan.take);
  for (const piece of pieces) reader.take(piece);
  reader.end();
  return scan.end();
}

const labels = readFileSync(new URL('labels.tsv', folder), 'utf8')
  .trimEnd()
  .split('\n')
  .slice(1)
  .map((line) => line.split('\t'));

describe('a log of a build that failed', () => {
  it.each(labels)('has its class and its line: %s', (name = '', kind = '', lines = '') => {
    const text = readFileSync(new URL(`${name}.log`, folder), 'utf8');
    const failure = read(text);
    expect(failure.class).toBe(kind);
    const line = text.split('\n')[(failure.line ?? 0) - 1] ?? '';
    expect(
      lines.split('|').some((wanted) => line.includes(wanted)),
      line,
    ).toBe(true);
    expect(
      failure.excerpt.some((one) => lines.split('|').some((wanted) => one.includes(wanted))),
    ).toBe(true);
    expect(failure.excerpt.length).toBeLessThanOrEqual(9);
  });

  it('reads the same in pieces of any size', () => {
    const text = readFileSync(new URL('wheel-ldap-header.log', folder), 'utf8');
    for (const size of [1, 7, 4096]) {
      const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
        text.slice(at * size, (at + 1) * size),
      );
      expect(read(...pieces)).toEqual(read(text));
    }
  });

  it('without anything that is known gives what stood before the end', () => {
    const failure = read(
      'doing\n2026-01-05T08:00:00.0000000Z ##[error]Process completed with exit code 3.\n',
    );
    expect(failure).toEqual({ line: 1, excerpt: ['doing'] });
    expect(read('')).toEqual({ excerpt: [] });
  });

  it('is not misled by the text of a command', () => {
    const text =
      '#9 [2/2] RUN test -x /a || (echo "E: Unable to locate package x"; exit 1)\nERROR: failed to solve: process "/bin/sh -c echo E: Unable to locate package x" did not complete\n';
    expect(read(text).class).toBeUndefined();
  });
});

describe('a line of a log', () => {
  it('is shown without colours, progress and control characters', () => {
    expect(read('\u001b[31merror: patch failed: \u001b[1ma\u0000b\u001b[0m\n').excerpt).toEqual([
      'error: patch failed: ab',
    ]);
    expect(read('10%\r50%\rE: Unable to locate package x\r\n').excerpt).toEqual([
      'E: Unable to locate package x',
    ]);
    expect(
      read('\u001b]8;;https://evil.example\u0007E: Unable to locate package x\u001b]8;;\u0007\n')
        .excerpt,
    ).toEqual(['E: Unable to locate package x']);
  });

  it.each([
    [
      "fatal: unable to access 'https://x-access-token:ghs_1_abcdefabcdefabcdef@github.com/a/b/'",
      'ghs_',
    ],
    ['fatal: unable to access https://alice:hunter22@example.org/', 'hunter22'],
    ['E: Failed to fetch https://a.example/x?token=abcdef0123 x', 'abcdef0123'],
    ['E: Failed to fetch x Authorization: Bearer abc.def.ghi', 'abc.def'],
    ["E: Failed to fetch x {'password': 'hunter22'}", 'hunter22'],
    ['E: Failed to fetch x AKIAABCDEFGHIJKLMNOP', 'AKIA'],
    ['E: Failed to fetch x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcdefgh', 'eyJ'],
    ['E: Failed to fetch x github_pat_11ABCDEFG0abcdefghij_klmnop', 'github_pat'],
  ])('keeps its secret: %s', (line, secret) => {
    const { excerpt } = read(`${line}\n`);
    expect(excerpt.join('\n')).toContain('***');
    expect(excerpt.join('\n')).not.toContain(secret);
  });

  it('may be endless, and a log may have 20 MB of anything', () => {
    const begun = performance.now();
    const scan = failureScan();
    const reader = logReader(scan.take);
    const piece =
      'Get:12 http://mirror.example/ubuntu noble/main amd64 some-package [12.3 kB]\n'.repeat(850);
    for (let n = 0; n < 150; n += 1) reader.take(piece);
    for (let n = 0; n < 150; n += 1) reader.take('x'.repeat(65_536));
    reader.take('\nE: Unable to locate package y\n');
    for (let n = 0; n < 50; n += 1) reader.take(`${'('.repeat(30_000)}${'='.repeat(30_000)}\n`);
    reader.end();
    expect(scan.end()).toMatchObject({ class: 'system package', line: 150 * 850 + 2 });
    expect(performance.now() - begun).toBeLessThan(15_000);
  });
});
