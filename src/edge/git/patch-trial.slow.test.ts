import { spawn } from 'node:child_process';
import { mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readTrialPatch } from '../../../test/support/trial-patches.ts';
import { runGit } from '../../../sandbox/git.ts';
import { makeUpstream } from '../../../sandbox/upstreams.ts';
import { createPatchTrials } from './patch-trial.ts';

let dir = '';
beforeAll(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'pinwheel-kills-')));
});
afterAll(() => rm(dir, { recursive: true }));

it(
  'is killed at any moment, and the next one finds a usable mirror',
  { timeout: 120_000 },
  async () => {
    const { commits } = await makeUpstream(join(dir, 'nova'), {
      branches: [
        {
          name: 'master',
          commits: [
            { message: 'One', label: 'one', files: { f: 'one\n', g: 'g\n'.repeat(5000) } },
            { message: 'Two', label: 'two', files: { f: 'two\n' } },
          ],
        },
      ],
    });
    const args = ['-C', join(dir, 'nova'), 'format-patch', '-1', '--stdout', 'master'];
    const mail = join(dir, 'a.patch');
    await writeFile(mail, await runGit(args));
    const target = {
      url: `file://${join(dir, 'nova')}`,
      ref: 'refs/heads/master',
      commit: commits.get('one') ?? '',
      paths: ['f'],
    };
    const cacheDir = join(dir, 'cache');
    const program = `
    import { readFileSync } from 'node:fs';
    import { createPatchTrials } from ${JSON.stringify(join(import.meta.dirname, 'patch-trial.ts'))};
    import { readTrialPatch } from ${JSON.stringify(join(import.meta.dirname, '../../../test/support/trial-patches.ts'))};
    const patch = readTrialPatch(readFileSync(${JSON.stringify(mail)}));
    const trials = createPatchTrials({ cacheDir: ${JSON.stringify(cacheDir)}, deadlineMs: 20_000 });
    const source = await trials.open(${JSON.stringify(target)});
    await source.apply(patch);
    await source.history(patch);
    await source.close();`;
    for (let round = 0; round < 5; round += 1) {
      const children = Array.from({ length: 8 }, () =>
        spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'ignore' }),
      );
      const ends = children.map((child) => new Promise((done) => child.on('close', done)));
      await sleep(150 + round * 250);
      for (const child of children) child.kill('SIGKILL');
      await Promise.all(ends);
    }
    const patch = readTrialPatch(Buffer.from(await runGit(args)));
    const source = await createPatchTrials({ cacheDir, deadlineMs: 20_000 }).open(target);
    expect(await source.apply(patch)).toMatchObject({ ok: true, changes: [{ path: 'f' }] });
    await source.close();
    const stores = (await readdir(join(cacheDir, 'git'))).filter((name) => name.endsWith('.git'));
    const files = await Promise.all(
      stores.map((name) => readdir(join(cacheDir, 'git', name), { recursive: true })),
    );
    expect(files.flat().filter((name) => name.endsWith('.lock'))).toEqual([]);
  },
);
