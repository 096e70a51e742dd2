import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { afterSteps, filesBetween, firstTree } from '../../../test/support/random-queues.ts';
import type { Step } from '../../../test/support/random-queues.ts';
import { someSteps } from '../../../test/support/random-queues.ts';
import { readTrialPatch } from '../../../test/support/trial-patches.ts';
import { runGit } from '../../../sandbox/git.ts';
import { makeUpstream } from '../../../sandbox/upstreams.ts';
import { rewritePatch } from '../../core/formats/patch-rewrite.ts';
import { createPatchTrials } from './patch-trial.ts';
import type { TrialSource } from './patch-trial.ts';
import { patchPaths } from './trial-patch.ts';
import type { TrialPatch } from './trial-patch.ts';

let dir = '';
let runs = 0;
beforeAll(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'pinwheel-diff-')));
});
afterAll(() => rm(dir, { recursive: true }));

/** A patch as git writes it with some options, and the source that it was made on. */
async function makeCase(steps: readonly Step[], options: readonly string[]) {
  const bare = join(dir, `case-${++runs}`);
  const files = filesBetween(firstTree, afterSteps(firstTree, steps));
  const { commits } = await makeUpstream(bare, {
    branches: [
      {
        name: 'master',
        commits: [
          { message: 'Base', label: 'base', files: Object.fromEntries(firstTree) },
          { message: 'Change', label: 'change', files },
        ],
      },
    ],
  });
  const config = options.filter((option) => option.startsWith('core.'));
  const words = options.filter((option) => !option.startsWith('core.'));
  const text = await runGit([
    ...['-C', bare, ...config.flatMap((one) => ['-c', one])],
    ...['format-patch', '-1', '--stdout', '--binary', ...words, 'master'],
  ]);
  const patch = readTrialPatch(Buffer.from(text));
  const trials = createPatchTrials({ cacheDir: join(dir, 'cache'), deadlineMs: 20_000 });
  const source = await trials.open({
    url: `file://${bare}`,
    ref: 'refs/heads/master',
    commit: commits.get('base') ?? '',
    paths: patchPaths(patch),
  });
  return { patch, source };
}

/** The patch with its own diff made once more. */
async function madeAgain(source: TrialSource, patch: TrialPatch): Promise<string> {
  const before = source.states(patchPaths(patch));
  const fact = await source.apply(patch);
  const changed = new Map((fact.ok ? fact.changes : []).map((state) => [state.path, state]));
  const after = before.map((state) => changed.get(state.path) ?? state);
  const diff = await source.diff(patch, { before, after });
  return Buffer.from(rewritePatch(patch, diff)).toString();
}

const edit: Step = { kind: 'edit', name: 'a', at: 7, drop: 1, lines: ['x'] };
const all: readonly Step[] = [
  edit,
  { kind: 'edit', name: 'd/c', at: 3, drop: 1, lines: ['y'] },
  { kind: 'rename', name: 'd/c' },
  { kind: 'copy', name: 'b' },
  { kind: 'data', name: 'data', byte: 9 },
  { kind: 'mode', name: 'b' },
  { kind: 'add', name: 'näw', content: 'no end' },
  { kind: 'add', name: 'new', content: '' },
];

describe('a diff in place of the one that a patch has', () => {
  it.each([
    [[]],
    [['--no-renames']],
    [['-C', '--find-copies-harder']],
    [['-U1', '--abbrev=12']],
    [['-U6', '--full-index']],
    [['core.quotePath=false']],
  ])('is the same on the same source, whatever git was told: %j', async (options) => {
    const { patch, source } = await makeCase(all, options);
    expect(patch.files.length).toBeGreaterThan(5);
    expect(await madeAgain(source, patch)).toBe(Buffer.from(patch.bytes).toString());
    await source.close();
  });

  it('is the same for any change', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(someSteps, async (steps) => {
        const { patch, source } = await makeCase(steps, ['-C', '--find-copies-harder']);
        if (patch.files.length > 0) {
          expect(await madeAgain(source, patch)).toBe(Buffer.from(patch.bytes).toString());
        }
        await source.close();
      }),
      { numRuns: 12 },
    );
  });

  it('says what two texts have different, and nothing of texts that have not', async () => {
    const { source } = await makeCase([edit], []);
    const texts = ['one\ntwo\n', 'one\nthree\n'].map((text) => Buffer.from(text));
    const hunks = await source.compare(texts[0]!, texts[1]!);
    expect(Buffer.from(hunks).toString()).toBe('@@ -1,2 +1,2 @@\n one\n-two\n+three\n');
    expect(await source.compare(texts[0]!, texts[0]!)).toHaveLength(0);
    await source.close();
  });
});
