import { expect, it } from 'vitest';
import { formatPatches, fortyLines } from '../../../test/support/carried-patches.ts';
import { temporaryFolder } from '../../../test/support/pinwheel.ts';
import { readTrialPatch } from '../../../test/support/trial-patches.ts';
import { makeUpstream } from '../../../sandbox/upstreams.ts';
import { createPatchTrials } from './patch-trial.ts';

it('merges a patch that was made on others of its queue, which upstream never had', async () => {
  const dir = await temporaryFolder();
  const bare = `${dir}/nova`;
  const { commits } = await makeUpstream(bare, {
    branches: [
      {
        name: 'master',
        commits: [
          { message: 'Base', label: 'base', files: { f: fortyLines(), g: 'g\n' } },
          { message: 'Near', label: 'near', files: { f: fortyLines({ 17: 'near' }) } },
        ],
      },
    ],
  });
  const texts = await formatPatches(bare, commits.get('base') ?? '', [
    { message: 'One', files: { f: fortyLines({ 5: 'ours' }) } },
    { message: 'Aside', files: { g: 'h\n' } },
    { message: 'Two', files: { f: fortyLines({ 5: 'ours', 30: 'ours' }) } },
    { message: 'Three', files: { f: fortyLines({ 5: 'ours', 15: 'ours', 30: 'ours' }) } },
  ]);
  const patches = texts.map((text) => readTrialPatch(Buffer.from(text)));
  const [one, aside, two, three] = patches;
  const source = await createPatchTrials({ cacheDir: `${dir}/cache`, deadlineMs: 20_000 }).open({
    url: `file://${bare}`,
    ref: 'refs/heads/master',
    commit: commits.get('near') ?? '',
    paths: ['f', 'g'],
  });
  expect(await source.threeWay(three!)).toMatchObject({ kind: 'base-unknown' });
  for (const patch of [one!, aside!, two!]) {
    const fact = await source.apply(patch);
    source.advance(fact.ok ? fact.changes : []);
  }
  expect(await source.apply(three!)).toMatchObject({ ok: false });
  const fact = await source.threeWay(three!);
  expect(fact).toMatchObject({ kind: 'clean', changes: [{ path: 'f' }] });
  const blob = fact.kind === 'clean' ? (fact.changes[0]?.blob ?? '') : '';
  const merged = (await source.readBlobs([blob])).get(blob);
  expect(Buffer.from(merged ?? []).toString()).toBe(
    fortyLines({ 5: 'ours', 15: 'ours', 17: 'near', 30: 'ours' }),
  );
  await source.close();
});
