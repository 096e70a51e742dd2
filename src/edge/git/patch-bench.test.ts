import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runGit } from '../../../sandbox/git.ts';
import { WorldError } from '../../core/model/failures.ts';
import type { SnapshotFile } from '../../core/model/snapshot.ts';
import { openPatchBench } from './patch-bench.ts';

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'pinwheel-bench-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  return dir;
}

const files = new Map<string, SnapshotFile>([
  ['a b', { mode: 'file', bytes: Buffer.from('one\r\n') }],
  ['run', { mode: 'executable', bytes: Buffer.from('two\n') }],
  ['gone', { mode: 'symlink', bytes: Buffer.from('run') }],
]);

it('gives what a patch makes of files that are nowhere, and leaves nothing behind', async () => {
  const cacheDir = await folder();
  const bench = await openPatchBench({ cacheDir, deadlineMs: 20_000 });
  const before = await bench.take(files);
  const patch = Buffer.from(
    'diff --git a/a b b/a b\nold mode 100644\nnew mode 100755\n--- a/a b\t\n+++ b/a b\t\n@@ -1 +1 @@\n-one\r\n+1\r\n' +
      'diff --git a/gone b/gone\ndeleted file mode 120000\n--- a/gone\n+++ /dev/null\n@@ -1 +0,0 @@\n-run\n\\ No newline at end of file\n',
  );
  const { fact, state } = await bench.apply(before, { bytes: patch });
  expect(fact.ok).toBe(true);
  expect([...bench.links(before), ...bench.links(state)]).toEqual(['gone']);
  expect(await bench.edits(before, state)).toEqual([
    { path: 'a b', mode: 'executable', text: Buffer.from('1\r\n') },
    { path: 'gone', text: undefined },
  ]);
  const back = await bench.apply(state, { bytes: patch, reverse: true });
  expect(await bench.tree(back.state)).toBe(await bench.tree(before));
  expect(await bench.tree(state)).not.toBe(await bench.tree(before));
  expect((await bench.apply(state, { bytes: patch })).state).toBe(state);
  await bench.close();
  expect(await readdir(join(cacheDir, 'git'))).toEqual(['nothing.git']);
});

it('names a tree as git does', async () => {
  const bench = await openPatchBench({ cacheDir: await folder(), deadlineMs: 20_000 });
  const work = await folder();
  await runGit(['init', '--quiet', work]);
  await writeFile(join(work, 'a b'), 'one\r\n');
  await runGit(['-C', work, 'add', '--all']);
  const [first = ['', undefined]] = files;
  const [path, file] = first;
  const state = await bench.take(new Map(file ? [[path, file]] : []));
  expect(await bench.tree(state)).toBe((await runGit(['-C', work, 'write-tree'])).trim());
  await bench.close();
});

it('fails as the world does where its folder does', async () => {
  const cacheDir = await folder();
  await writeFile(join(cacheDir, 'git'), 'in the way');
  const opened = openPatchBench({ cacheDir, deadlineMs: 20_000 });
  await expect(opened).rejects.toThrow(WorldError);
});
