import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { makeUpstream } from '../../sandbox/upstreams.ts';
import { createPatchTrials } from '../../src/edge/git/patch-trial.ts';
import { runGitToCode } from '../../sandbox/git.ts';
import { temporaryFolder } from '../support/pinwheel.ts';
import { tryQueue } from '../support/queue-trials.ts';
import { randomEdits } from '../support/random-edits.ts';
import type { RandomEdit } from '../support/random-edits.ts';

/** `before`, `after` as its child, and `squashed`: the same files as `after` in a history that says nothing. */
async function upstreamOf(dir: string, { before, after }: RandomEdit) {
  const gone = Object.keys(before).filter((path) => !(path in after));
  const removed = Object.fromEntries(gone.map((path) => [path, null]));
  return makeUpstream(dir, {
    branches: [
      {
        name: 'master',
        commits: [
          { message: 'Before', label: 'before', files: before },
          { message: 'After', label: 'after', files: { ...removed, ...after } },
        ],
      },
      {
        name: 'other',
        commits: [
          { message: 'All', label: 'squashed', files: { ...after, other: 'o\n' }, fresh: true },
        ],
      },
    ],
  });
}

it(
  'a patch from one tree to another applies to the one and is upstream in the other',
  { timeout: 600_000 },
  async () => {
    const dir = await temporaryFolder();
    const trials = createPatchTrials({ cacheDir: join(dir, 'cache'), deadlineMs: 20_000 });
    let cases = 0;
    await fc.assert(
      fc.asyncProperty(
        randomEdits(),
        fc.constantFrom('-M', '--no-renames'),
        async (edit, renames) => {
          const clone = join(dir, `case-${++cases}`);
          const { commits } = await upstreamOf(clone, edit);
          const commit = commits.get('after') ?? '';
          const mailed = await runGitToCode([
            '-C',
            clone,
            'format-patch',
            renames,
            '-1',
            '--stdout',
            commit,
          ]);
          const diff = ['diff', '--binary', renames, `${commit}^`, commit];
          const bare = await runGitToCode(['-C', clone, ...diff]);
          fc.pre(bare.stdout.length > 0);
          async function verdictsOn(label: string): Promise<readonly string[]> {
            const patches = [mailed.stdout, bare.stdout];
            const source = {
              url: `file://${clone}`,
              ref: `refs/heads/${label === 'squashed' ? 'other' : 'master'}`,
              commit: commits.get(label) ?? '',
            };
            const verdicts = await Promise.all(
              patches.map((patch) =>
                tryQueue(trials, { ...source, patches: { '1.patch': patch } }),
              ),
            );
            return verdicts.flatMap((queue) => queue.map(({ verdict }) => verdict));
          }
          const there = ['already-upstream', 'already-upstream'];
          const labels = ['before', 'after', 'squashed'];
          const [before, ...afterwards] = await Promise.all(labels.map(verdictsOn));
          expect(before).toEqual(['applies', 'applies']);
          expect(afterwards).toEqual([there, there]);
        },
      ),
      { numRuns: Number(process.env['TRIAL_RUNS'] ?? 6) },
    );
  },
);
