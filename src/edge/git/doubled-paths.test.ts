import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readTrialPatch } from '../../../test/support/trial-patches.ts';
import { runGit } from '../../../sandbox/git.ts';
import { makeUpstream } from '../../../sandbox/upstreams.ts';
import { createPatchTrials } from './patch-trial.ts';
import { patchPaths } from './trial-patch.ts';

const rule = "RULE = (\n    'role:admin or '\n    'role:member'\n)\n";
const start = 'one = 1\ntwo = 2\nthree = 3\nfour = 4\nfive = 5\n';

let dir = '';
beforeAll(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'pinwheel-doubled-')));
});
afterAll(() => rm(dir, { recursive: true }));

/** As keystone 27.0.2 has another backport of 24b0e119: the same lines, on other neighbours. */
it('sees that a clean merge puts a block beside itself', async () => {
  const bare = join(dir, 'keystone');
  const { commits } = await makeUpstream(bare, {
    branches: [
      { name: 'master', commits: [{ message: 'Base', label: 'base', files: { p: start } }] },
      {
        name: 'theirs',
        from: 'base',
        commits: [
          { message: 'Fix', label: 'fix', files: { p: start.replace('three', `${rule}three`) } },
        ],
      },
      {
        name: 'ours',
        from: 'base',
        commits: [
          {
            message: 'Other fix',
            label: 'other',
            files: { p: start.replace('two', `zero = 0\n${rule}two`) },
          },
          { message: 'None', label: 'none', files: { p: start.replace('two', 'zero = 0\ntwo') } },
        ],
      },
    ],
  });
  const text = await runGit(['-C', bare, 'format-patch', '-1', '--stdout', 'theirs']);
  const patch = readTrialPatch(Buffer.from(text));
  const trials = createPatchTrials({ cacheDir: join(dir, 'cache'), deadlineMs: 20_000 });
  const facts = [];
  for (const label of ['other', 'none']) {
    const source = await trials.open({
      url: `file://${bare}`,
      ref: 'refs/heads/ours',
      commit: commits.get(label) ?? '',
      paths: patchPaths(patch),
    });
    facts.push(await source.threeWay(patch));
    await source.close();
  }
  expect(facts[0]).toMatchObject({ kind: 'clean', doubled: ['p'] });
  expect(facts[1]).toMatchObject({ kind: 'clean' });
  expect(facts[1]).not.toHaveProperty('doubled');
});
