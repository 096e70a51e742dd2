import { readFileSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readTrialPatch } from '../../../test/support/trial-patches.ts';
import { describeWithUpstreamData } from '../../../test/support/upstream-data.ts';
import { runGit } from '../../../sandbox/git.ts';
import { createPatchTrials } from './patch-trial.ts';
import { patchPaths } from './trial-patch.ts';

describeWithUpstreamData('the tiny patches of the corpus', (data) => {
  it('are what git makes of them', async () => {
    const dir = await realpath(await mkdtemp(join(tmpdir(), 'pinwheel-tiny-')));
    const bundle = join(data, 'mini/tiny.bundle');
    await runGit(['clone', '-q', '--bare', bundle, join(dir, 'tiny')]);
    const rows = readFileSync(join(data, 'patches/corpus.tsv'), 'utf8')
      .split('\n')
      .map((line) => line.split('\t'))
      .filter(([id = '']) => id.startsWith('tiny.t'));
    expect(rows.length).toBeGreaterThan(10);
    const trials = createPatchTrials({ cacheDir: join(dir, 'cache'), deadlineMs: 20_000 });
    for (const [id, , patch = '', , , commit = '', expected] of rows) {
      const tried = readTrialPatch(readFileSync(join(data, 'patches', patch)));
      const url = `file://${join(dir, 'tiny')}`;
      const paths = patchPaths(tried);
      const source = await trials.open({ url, ref: 'refs/tags/1.0.0', commit, paths });
      const fact = await source.apply(tried);
      expect([id, fact.ok && fact.changes.length > 0]).toEqual([id, expected === 'applies']);
      await source.close();
    }
    await rm(dir, { recursive: true });
  });
});
