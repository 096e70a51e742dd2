import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { WorldError } from '../../src/core/model/failures.ts';
import { openSourceTree } from '../../src/edge/worktree/source-tree.ts';
import type { SourceTree } from '../../src/edge/worktree/source-tree.ts';
import {
  applyHere,
  applyTo,
  carryPatches,
  expectPatched,
  first,
  layOut,
  queue,
  second,
  unpack,
} from '../support/patched-source.ts';
import { temporaryFolder } from '../support/pinwheel.ts';

describe('pinwheel apply, cut off or meddled with', () => {
  it('finishes what an earlier run was killed in, and says so', async () => {
    const bench = await carryPatches();
    const dir = await unpack(join(await temporaryFolder(), 'nova'));
    const staged = 'nova/.pinwheel-00000000-0000-4000-8000-000000000000-0.tmp';
    await layOut(dir, {
      [staged]: second['nova/api ü.py'],
      'nova/dos.txt': first['nova/dos.txt'],
      'nova/new/run.sh': second['nova/new/run.sh'],
      '.pinwheel-write.json': JSON.stringify({
        state: 'moving',
        entries: [{ path: 'nova/api ü.py', staged }],
        folders: [],
        owner: { host: hostname(), process: 2 ** 22 + 1, since: 0 },
      }),
    });
    await chmod(join(dir, 'nova/new/run.sh'), 0o755);
    const { code, stdout } = await bench.run('apply', 'nova', '2025.2', '--source', dir);
    expect(code).toBe(0);
    expect(stdout).toContain('by an earlier run, whose writing is finished now: 3 files changed');
    await expectPatched(dir);
    expect((await readdir(dir)).sort()).toEqual(['.gitattributes', 'nova', 'setup.cfg']);
    expect((await readdir(join(dir, 'nova'))).sort()).toEqual(['api ü.py', 'dos.txt', 'new']);
  });

  it('does not apply twice what an earlier run has finished, even where it could', async () => {
    const bench = await carryPatches();
    const patch = join(bench.dir, queue, '0001-1.patch');
    await rm(join(bench.dir, queue, '0002-2.patch'));
    const text = await readFile(patch, 'utf8');
    const [header = ''] = text.split('diff --git');
    const more = 'diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -2,2 +2,3 @@\n x\n+x\n x\n';
    await writeFile(patch, `${header}${more}`);
    const dir = await temporaryFolder();
    const given = { repo: bench.dir, source: dir, cache: join(bench.dir, 'cache') };
    const journal = {
      state: 'moving',
      entries: [{ path: 'x', staged: '.pinwheel-00000000-0000-4000-8000-000000000000-0.tmp' }],
      folders: [],
      owner: { host: hostname(), process: 2 ** 22 + 1, since: 0 },
    };
    await layOut(dir, { x: 'x\n'.repeat(9), '.pinwheel-write.json': JSON.stringify(journal) });
    expect(await applyHere(given)).toMatchObject({ outcome: 'finished', written: ['x'] });
    expect(await readFile(join(dir, 'x'), 'utf8')).toBe('x\n'.repeat(9));
    expect(await applyHere(given)).toMatchObject({ outcome: 'applied', written: ['x'] });
    expect(await readFile(join(dir, 'x'), 'utf8')).toBe('x\n'.repeat(10));
  });

  it('takes nobody at their word: what is on the disk is the proof', async () => {
    const bench = await carryPatches();
    const dir = await unpack(await temporaryFolder());
    const real = openSourceTree(dir);
    const meddled: SourceTree = {
      ...real,
      write: (edits, prove) =>
        real.write(edits, async (read) => {
          await chmod(join(dir, 'nova/new/run.sh'), 0o644);
          await prove(read);
        }),
    };
    const work = applyTo(meddled, { repo: bench.dir, cache: join(bench.dir, 'cache') });
    await expect(work).rejects.toThrow(
      /is not what the patches of nova make of it: tree [0-9a-f]+/,
    );
    await expect(work).rejects.toThrow(WorldError);
  });
});
