import { describe, expect, it } from 'vitest';
import type { NewCommit } from '../../../sandbox/fast-import.ts';
import { shownOrigins, text } from '../../../test/support/line-scenes.ts';
import type { LineStory } from '../../../test/support/line-scenes.ts';

const base: NewCommit = { message: 'Base', label: 'base', files: { f: text(), g: 'g\n' } };

describe('a patch that is newer than its source', () => {
  const early: NewCommit = { message: 'Early', label: 'early', files: { f: text(), g: 'g\n' } };

  it('was made on top of commits that the source does not have', async () => {
    const found = await shownOrigins({
      master: [
        early,
        { message: 'Needed', files: { f: text({ 14: 'needed' }) } },
        { message: 'Not needed', label: 'base', files: { f: text({ 2: 'x', 14: 'needed' }) } },
      ],
      branches: [
        {
          name: 'stable',
          from: 'early',
          commits: [{ message: 'Stable', files: { f: text({ 16: 'stable' }) } }],
        },
      ],
      tags: [{ name: '2.0.0', target: 'base' }],
      patch: { f: text({ 2: 'x', 14: 'needed', 15: 'mine' }) },
      source: 'stable',
      published: true,
    });
    expect(found).toEqual(['f#1 changed: Stable (-) | Needed (2.0.0)']);
  });

  it('does not blame what both sides have', async () => {
    const picked = { message: 'Picked', author: 'A <a@example.org>', date: '2025-03-01T00:00:00Z' };
    const found = await shownOrigins({
      master: [
        early,
        { ...picked, files: { f: text({ 13: 'picked' }) } },
        { message: 'Needed', label: 'base', files: { f: text({ 13: 'picked', 14: 'needed' }) } },
      ],
      branches: [
        {
          name: 'stable',
          from: 'early',
          commits: [{ ...picked, files: { f: text({ 13: 'picked' }) } }],
        },
      ],
      patch: { f: text({ 13: 'picked', 14: 'needed', 15: 'mine' }) },
      source: 'stable',
      published: true,
    });
    expect(found).toEqual(['f#1 changed:  | Needed (-)']);
  });

  it('may want a file that is not there yet, or that has its old name there', async () => {
    const moved: LineStory = {
      master: [
        { message: 'Early', label: 'early', files: { old: text(), g: 'g\n' } },
        { message: 'New', files: { new: 'n\n' } },
        { message: 'Move', label: 'base', files: { old: null, f: text({ 2: 'x' }) } },
      ],
      branches: [
        { name: 'stable', from: 'early', commits: [{ message: 'Stable', files: { g: 'h\n' } }] },
      ],
      patch: { f: text({ 2: 'x', 15: 'mine' }), new: 'mine\n' },
      source: 'stable',
      published: true,
    };
    expect(await shownOrigins(moved)).toEqual([
      'f not-there-yet:  | Move (-) at old',
      'new not-there-yet:  | New (-)',
    ]);
  });
});

describe('a patch that only moves a file', () => {
  it('may want a file that the source does not have', async () => {
    const found = await shownOrigins({
      master: [
        { message: 'Early', label: 'early', files: { g: 'g\n' } },
        { message: 'Bring', label: 'base', files: { f: text() } },
      ],
      branches: [
        { name: 'stable', from: 'early', commits: [{ message: 'Stable', files: { g: 'h\n' } }] },
      ],
      patch: { f: null, 'to/f': text() },
      source: 'stable',
      published: true,
    });
    expect(found).toEqual(['f not-there-yet:  | Bring (-)']);
  });
});

describe('a file that is not where the patch wants it', () => {
  it('was removed', async () => {
    const found = await shownOrigins({
      master: [
        base,
        { message: 'Edit', files: { f: text({ 1: 'x' }) } },
        { message: 'Remove', files: { f: null } },
      ],
      patch: { f: text({ 15: 'mine' }) },
    });
    expect(found).toEqual(['f removed: Remove (-) | ']);
  });

  it('was moved, more than once, and changed on the way', async () => {
    const found = await shownOrigins({
      master: [
        base,
        { message: 'Move', files: { f: null, 'a/f': text() } },
        {
          message: 'Again',
          files: { 'a/f': null, 'b/g h': text({ 3: 'three' }), other: text({ 1: 'no' }) },
        },
      ],
      patch: { f: text({ 15: 'mine' }) },
    });
    expect(found).toEqual(['f moved: Move (-) |  at b/g h']);
  });

  it('was added by upstream too', async () => {
    const found = await shownOrigins({
      master: [
        base,
        { message: 'Add', label: 'add', files: { n: 'theirs\n' } },
        { message: 'Change', files: { n: 'changed\n' } },
      ],
      tags: [{ name: '1.0.0', target: 'add' }],
      patch: { n: 'mine\n' },
    });
    expect(found).toEqual(['n added: Add (1.0.0) | ']);
  });
});
