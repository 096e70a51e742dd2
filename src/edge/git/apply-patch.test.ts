import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runGit } from '../../../sandbox/git.ts';
import { applyPatch } from './apply-patch.ts';

it('takes nothing of a patch whose binary data is damaged, though git ends with 0', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'pinwheel-apply-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  const [work, bare] = [join(dir, 'work'), join(dir, 'bare')];
  await runGit(['init', '--quiet', work]);
  await runGit(['init', '--quiet', '--bare', bare]);
  await writeFile(join(work, 'a.txt'), 'text\n');
  await writeFile(
    join(work, 'b.bin'),
    Buffer.from(Array.from({ length: 300 }, (_, n) => (n * 37) % 256)),
  );
  await runGit(['-C', work, 'add', '--all']);
  const patch = await runGit(['-C', work, 'diff', '--cached', '--binary']);
  const whole = await applyPatch(
    { directory: bare, deadlineMs: 20_000 },
    { bytes: Buffer.from(patch) },
    new Map(),
  );
  expect(whole.fact).toMatchObject({ ok: true, changes: [{ path: 'a.txt' }, { path: 'b.bin' }] });

  // Still base 85, still as long, and no longer what was compressed.
  const damaged = patch.replace(/(literal \d+\nz.{20}).{4}/, '$1AAAA');
  expect(damaged).not.toBe(patch);
  const half = await applyPatch(
    { directory: bare, deadlineMs: 20_000 },
    { bytes: Buffer.from(damaged) },
    new Map(),
  );
  expect(half.fact.ok).toBe(false);
  expect(half.entries.size).toBe(0);
});

const ominous = [
  'data-corrupted.yaml',
  'index file',
  'No space left',
  'unable to read x',
  'fatal: x',
];

it.each(ominous)('takes the name of a file for nothing but a name: %s', async (name) => {
  const dir = await mkdtemp(join(tmpdir(), 'pinwheel-apply-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  await runGit(['init', '--quiet', '--bare', dir]);
  const object = (await runGit(['-C', dir, 'hash-object', '-w', '--stdin'], 'other\n')).trim();
  const text = `--- a/${name}\n+++ b/${name}\n@@ -1 +1 @@\n-old\n+new\n`;
  const patch = { bytes: Buffer.from(`diff --git a/${name} b/${name}\n${text}`) };
  const workshop = { directory: dir, deadlineMs: 20_000 };
  const other = new Map([[name, { mode: '100644', object }]]);
  expect((await applyPatch(workshop, patch, new Map())).fact).toEqual({
    ok: false,
    failures: [{ path: name, why: 'does not exist in index' }],
  });
  expect((await applyPatch(workshop, patch, other)).fact).toEqual({
    ok: false,
    failures: [{ path: name, line: 1, why: 'patch does not apply' }],
  });
});
