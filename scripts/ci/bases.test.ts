import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { moveDigests, pinnedBases } from './bases.ts';

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
});
