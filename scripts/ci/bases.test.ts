import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  creationDates,
  moveDigests,
  moveSnapshot,
  pinnedBases,
  pinnedSnapshot,
  weeklySnapshot,
} from './bases.ts';

const old = `sha256:${'0'.repeat(64)}`;
const next = `sha256:${'1'.repeat(64)}`;
const text = `# FROM ubuntu:jammy@${old}\r\nFROM ubuntu:noble@${old} AS x\r\nCOPY --from=ghcr.io/a/uv:1@${old} /uv /\nFROM python-base\n`;

test('digests move by reference, and nothing else does', () => {
  expect(pinnedBases(text).map(({ reference }) => reference)).toEqual([
    'ubuntu:noble',
    'ghcr.io/a/uv:1',
  ]);
  const moved = moveDigests(text, new Map([['ubuntu:noble', next]]));
  expect(moved).toBe(text.replace(`noble@${old}`, `noble@${next}`));
  expect(moveDigests(moved, new Map([['ubuntu:noble', next]]))).toBe(moved);
  expect(moveDigests(text, new Map())).toBe(text);
});

test('the moment of the archive moves forward only, and nothing else does', () => {
  const dockerfile = `FROM a@${old}\nARG APT_SNAPSHOT=20261116T000000Z\nARG OTHER=20261116T000000Z\n`;
  const later = moveSnapshot(dockerfile, '20261123T000000Z');
  expect(later).toBe(dockerfile.replace('SNAPSHOT=20261116', 'SNAPSHOT=20261123'));
  expect(moveSnapshot(later, '20261122T000000Z')).toBe(later);
  expect(moveSnapshot(text, '20261122T000000Z')).toBe(text);
});

test.each([
  ['2026-11-23T00:00:00Z', [], '20261123T000000Z'],
  ['2026-11-29T23:59:59.999Z', [], '20261123T000000Z'],
  ['2026-11-27T10:00:00Z', ['2026-11-20T10:00:00Z'], '20261123T000000Z'],
  [
    '2026-11-27T10:00:00Z',
    ['2026-11-25T04:05:06.001Z', '2026-11-24T00:00:00Z'],
    '20261125T040507Z',
  ],
])('on %s, with base images of %j, packages are those of %s', (today, created, moment) => {
  const dates = created.map((text) => new Date(text));
  expect(weeklySnapshot(new Date(today), dates)).toBe(moment);
});

test.each([
  [{ created: '2026-11-20T00:00:00Z' }, ['2026-11-20']],
  [
    {
      'linux/amd64': { created: '2026-11-20T00:00:00Z' },
      'linux/arm64': { created: '2026-11-21' },
    },
    ['2026-11-20', '2026-11-21'],
  ],
  [{ 'linux/amd64': { created: 'soon' }, 'linux/arm64': {} }, []],
  [null, []],
])('an image shown as %j was made on %j', (shown, dates) => {
  expect(creationDates(shown).map((date) => date.toISOString().slice(0, 10))).toEqual(dates);
});

test('the base images of this repository are pinned', () => {
  const found = ['python-base', 'venv-builder'].flatMap((image) =>
    pinnedBases(
      readFileSync(join(import.meta.dirname, '../../images', image, 'Dockerfile'), 'utf8'),
    ),
  );
  expect(found.map(({ reference }) => reference.split(':')[0])).toEqual([
    'ubuntu',
    'ghcr.io/astral-sh/uv',
  ]);
  const python = readFileSync(
    join(import.meta.dirname, '../../images/python-base/Dockerfile'),
    'utf8',
  );
  expect(pinnedSnapshot(python)).toMatch(/^20/);
});
