import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readAllowances, readRetention } from './small-files.ts';

async function file(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'small-files-'));
  onTestFinished(async () => rm(folder, { recursive: true }));
  const path = join(folder, 'file.yml');
  await writeFile(path, text);
  return path;
}

const project = join(import.meta.dirname, '../../.github');

describe('what a publish lets pass', () => {
  test('is read with its day', async () => {
    const text = 'allow:\n- id: CVE-2026-1\n  until: "2026-12-31"\n  reason: not reached\n';
    const allowance = { id: 'CVE-2026-1', until: '2026-12-31', reason: 'not reached' };
    expect(await readAllowances(await file(text))).toEqual([allowance]);
  });

  test('is nothing where nothing is said, as in this repository', async () => {
    const paths = [join(project, 'no-such-file.yml'), join(project, 'vulnerabilities.yml')];
    for (const path of [...paths, await file('')]) expect(await readAllowances(path)).toEqual([]);
  });

  test.each([
    ['without a day', 'allow:\n- id: CVE-1\n  reason: x\n', 2],
    ['with a day that never is', 'allow:\n- id: CVE-1\n  until: "2026-02-30"\n  reason: x\n', 3],
    ['with a word that nobody knows', 'allow: []\nalow: []\n', 2],
    ['that is a map', 'allow:\n  id: CVE-1\n', 1],
    ['that is no YAML', 'allow: [\n', 2],
  ])('is an error %s, at its line', async (_, text, line) => {
    const path = await file(text);
    await expect(readAllowances(path)).rejects.toThrow(`${path}:${line}: `);
  });
});

describe('how long images stay', () => {
  test('is long where nothing is said', async () => {
    const policy = { generations: 10, days: 30, pinned: [] };
    expect(await readRetention(join(project, 'no-such-file.yml'))).toEqual(policy);
    expect(await readRetention(join(project, 'retention.yml'))).toEqual(policy);
  });

  test.each([
    ['generations: 0\n', 1],
    ['days: 1\ngenerations: many\n', 2],
    ['pinned: 2026.1\n', 1],
  ])('is an error where %j says it', async (text, line) => {
    const path = await file(text);
    await expect(readRetention(path)).rejects.toThrow(`${path}:${line}: `);
  });
});
