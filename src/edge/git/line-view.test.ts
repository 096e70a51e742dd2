import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { NewCommit } from '../../../sandbox/fast-import.ts';
import { makeScene, originsOf, shownOrigins, text } from '../../../test/support/line-scenes.ts';
import type { LineStory } from '../../../test/support/line-scenes.ts';

/** Years before the patches of these tests are written, in 2025. */
const old = '2020-01-01T00:00:00Z';
const start: NewCommit = { message: 'Start', label: 'start', date: old, files: { f: text() } };
const startTag = { name: '1.0.0', target: 'start' };

/** Kinds of stores that were made, by the ends of their names. */
async function storesOf(story: LineStory): Promise<readonly string[]> {
  const scene = await makeScene(story);
  await originsOf(scene);
  const names = await readdir(join(scene.dir, 'cache', 'git'));
  return names.map((name) => name.replace(/^[0-9a-f]+-?/, '')).sort();
}

describe('the part of the history that is looked at', () => {
  const recent: LineStory = {
    master: [
      start,
      { message: 'New', label: 'base', files: { f: text({ 5: 'new' }), g: text() } },
      { message: 'Edit', label: 'edit', files: { f: text({ 5: 'new', 15: 'x' }), g: null } },
    ],
    branches: [
      { name: 'side', from: 'start', commits: [{ message: 'Side', files: { h: 'h\n' } }] },
    ],
    tags: [startTag, { name: '2.0.0', target: 'edit' }],
    patch: { f: text({ 5: 'new', 15: 'mine' }), g: text({ 1: 'mine' }) },
  };

  it('is what is newer than the tags before the patch', async () => {
    expect(await shownOrigins(recent)).toEqual([
      'f#1 changed: Edit (2.0.0) | ',
      'g removed: Edit (2.0.0) | ',
    ]);
    expect(await storesOf(recent)).toEqual(['recent-trees.git', 'recent.git']);
  });

  it('does not take its own border for a commit that made everything', async () => {
    const found = await shownOrigins({
      master: [
        start,
        { message: 'Near', files: { f: text({ 16: 'near' }) } },
        { message: 'Later', label: 'base', files: { f: text({ 14: 'y', 16: 'near' }) } },
        { message: 'Back', label: 'back', files: { f: text() } },
      ],
      tags: [startTag],
      patch: { f: text({ 14: 'y', 15: 'mine', 16: 'near' }), n: 'mine\n' },
    });
    expect(found).toEqual(['f#1 changed: Back (-) | ', 'n queue:  | ']);
  });

  it('is all of it for a patch whose base is older than its date tells', async () => {
    const story: LineStory = {
      master: [
        { ...start, label: 'base' },
        {
          message: 'Middle',
          label: 'middle',
          date: '2021-01-01T00:00:00Z',
          files: { f: text({ 15: 'm' }) },
        },
        { message: 'Edit', files: { f: text({ 15: 'm', 16: 'e' }) } },
      ],
      tags: [
        { name: '1.0.0', target: 'base' },
        { name: '1.1.0', target: 'middle' },
      ],
      patch: { f: text({ 15: 'mine' }) },
    };
    expect(await shownOrigins(story)).toEqual(['f#1 changed: Edit (-), Middle (1.1.0) | ']);
    expect(await storesOf(story)).toEqual(['recent-trees.git', 'recent.git', 'trees.git']);
  });

  it('goes back to where the branches of source and patch parted', async () => {
    const story: LineStory = {
      master: [
        start,
        { message: 'Fork', label: 'fork', date: '2022-06-01T00:00:00Z', files: { g: 'g\n' } },
        {
          message: 'Needed',
          label: 'needed',
          date: '2023-01-01T00:00:00Z',
          files: { f: text({ 14: 'needed' }) },
        },
        { message: 'Base', label: 'base', files: { f: text({ 2: 'base', 14: 'needed' }) } },
      ],
      branches: [
        { name: 'stable', from: 'fork', commits: [{ message: 'Stable', files: { g: 's\n' } }] },
      ],
      tags: [startTag, { name: '2.0.0', target: 'needed' }],
      patch: { f: text({ 2: 'base', 14: 'needed', 15: 'mine' }) },
      source: 'stable',
      published: true,
    };
    expect(await shownOrigins(story)).toEqual(['f#1 changed:  | Needed (2.0.0)']);
    expect(await storesOf(story)).toEqual(['recent-trees.git', 'recent.git']);
  });

  it('includes the tags that have what the source lacks', async () => {
    const found = await shownOrigins({
      master: [
        start,
        { message: 'Fork', label: 'fork', files: { f: text({ 2: 'fork' }) } },
        { message: 'Needed', label: 'needed', files: { f: text({ 2: 'fork', 14: 'n' }) } },
        { message: 'Base', label: 'base', files: { f: text({ 2: 'fork', 14: 'n', 20: 'b' }) } },
        { message: 'After', label: 'after', files: { f: text({ 2: 'fork', 14: 'n', 21: 'a' }) } },
      ],
      branches: [
        { name: 'stable', from: 'fork', commits: [{ message: 'Stable', files: { g: 's\n' } }] },
      ],
      tags: [startTag, { name: '3.0.0', target: 'after' }],
      patch: { f: text({ 2: 'fork', 14: 'n', 15: 'mine', 20: 'b' }) },
      source: 'stable',
      published: true,
    });
    expect(found).toEqual(['f#1 changed:  | Needed (3.0.0)']);
  });
});
