import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cell } from '../model/plan.ts';
import { imageTags } from './image-tags.ts';

const cell: Cell = {
  service: 'keystone',
  series: '2025.2',
  sharedBy: [],
  ref: '28.0.2',
  commit: 'c'.repeat(40),
  version: '28.0.2',
  patches: 1,
  digest: `v1:sha256:${'d1'.repeat(32)}`,
};
const main = {
  branch: 'main',
  sha: 'abcdef0123456789abcdef0123456789abcdef01',
  defaultBranch: 'main',
};
const ociTag = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

describe('the tags of an image', () => {
  it('are an immutable one and moving ones, all with the series', () => {
    expect(imageTags(cell, { ...main, run: '4711' })).toEqual({
      immutable: '28.0.2-p1-2025.2-d1d1d1d1-r4711',
      moving: ['2025.2', '28.0.2-2025.2', '2025.2-gabcdef012345'],
    });
  });

  it('of another branch do not touch those of the default branch', () => {
    const { moving } = imageTags(cell, { ...main, branch: 'stable/2025.2' });
    expect(moving[0]).toMatch(/^2025\.2-stable-2025\.2-[0-9a-f]{6}$/);
    expect(moving).not.toContain('2025.2');
  });

  it('are valid whatever the version and the branch are called', () => {
    const text = fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme' });
    fc.assert(
      fc.property(text, text, text, (version, branch, run) => {
        const { immutable, moving } = imageTags({ ...cell, version }, { ...main, branch, run });
        for (const tag of [immutable, ...moving]) expect(tag).toMatch(ociTag);
      }),
    );
  });

  it('never meet between two series or two branches', () => {
    const all = ['2025.1', '2025.2'].flatMap((series) =>
      ['main', 'a/b', 'a-b', 'a_b', 'feature/x'].map((branch) =>
        imageTags({ ...cell, series }, { ...main, branch }),
      ),
    );
    const bySeries = Map.groupBy(
      all.flatMap(({ moving }) => moving),
      (tag) => tag,
    );
    const shared = [...bySeries].filter(([, uses]) => uses.length > 1).map(([tag]) => tag);
    // Only the tag of the images repository's commit is the same for two branches at that commit.
    expect(shared).toEqual(['2025.1-gabcdef012345', '2025.2-gabcdef012345']);
  });
});
