import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rejection, scratchTree } from '../../../test/support/scratch-tree.ts';
import { UserError, WorldError } from '../../core/model/failures.ts';
import { recoverWrites } from './recover.ts';
import { openWorkingTree } from './worktree.ts';

const tree = scratchTree();

describe('a write that was cut off', () => {
  const id = '00000000-0000-4000-8000-000000000000';
  const dead = { host: hostname(), process: 2 ** 22 + 1, since: 0 };

  async function journal(state: string, more: object = {}): Promise<void> {
    const entries = [
      { path: 'a', staged: `.pinwheel-${id}-0.tmp` },
      { path: 'new/b', staged: `new/.pinwheel-${id}-1.tmp` },
      { path: 'c', staged: null },
    ];
    const all = { state, entries, folders: ['new'], owner: dead, ...more };
    await tree.put('.pinwheel-write.json', JSON.stringify(all));
  }

  it('is forgotten while it was staging', async () => {
    await tree.put('a', 'old');
    await tree.put('c', 'old');
    await tree.put(`.pinwheel-${id}-0.tmp`, 'ne');
    await tree.put(`new/.pinwheel-${id}-1.tmp`, '');
    await journal('staging');
    await openWorkingTree(tree.root()).read();
    expect(await tree.listing()).toEqual({ a: 'old', c: 'old' });
    expect(await readdir(tree.root())).toEqual(['a', 'c']);
  });

  it('is finished once it was moving, and that can be cut off too', async () => {
    await tree.put('a', 'new, in its place already');
    await tree.put('c', 'old');
    await tree.put(`new/.pinwheel-${id}-1.tmp`, 'new');
    await journal('moving');
    await tree.put('.pinwheel-write.json.next', '{');
    await recoverWrites(tree.root());
    expect(await tree.listing()).toEqual({ a: 'new, in its place already', 'new/b': 'new' });
    await recoverWrites(tree.root());
  });

  it.each(['', '{', '[]', 'null', '{"state":"moving"}', '{"state":"moving","entries":[1]}'])(
    'had not begun when its journal is %j',
    async (text) => {
      await tree.put('.pinwheel-write.json', text);
      await tree.put('a', 'old');
      await recoverWrites(tree.root());
      expect(await tree.listing()).toEqual({ a: 'old' });
    },
  );

  it('is left alone while its process lives', async () => {
    const owner = { host: hostname(), process: process.ppid, since: Date.now() };
    await journal('staging', { owner });
    const opened = openWorkingTree(tree.root());
    for (const work of [() => opened.read(), () => opened.write([{ path: 'a', text: 'x' }])]) {
      const error = await rejection(work());
      expect(error).toBeInstanceOf(WorldError);
      expect((error as Error).message).toContain(`process ${process.ppid} on ${hostname()}`);
    }
    await journal('staging', { owner: { ...owner, since: Date.now() - 61_000 } });
    await opened.read();
    expect(await tree.listing()).toEqual({});
  });

  it.each([
    { path: '../a', staged: null },
    { path: 'a', staged: 'important' },
    { path: 'a', staged: `../.pinwheel-${id}-0.tmp` },
    { path: 'link/a', staged: null },
    { path: '.git/config', staged: null },
  ])('does no harm when somebody has made it up: %j', async (entry) => {
    await tree.put('important', 'text');
    await mkdir(tree.beside('aside'), { recursive: true });
    await writeFile(join(tree.beside('aside'), 'a'), 'text');
    await symlink(tree.beside('aside'), join(tree.root(), 'link'));
    await journal('moving', { entries: [entry] });
    expect(await rejection(openWorkingTree(tree.root()).read())).toBeInstanceOf(UserError);
    expect(await readFile(join(tree.root(), 'important'), 'utf8')).toBe('text');
    expect(await readFile(join(tree.beside('aside'), 'a'), 'utf8')).toBe('text');
  });

  it('is not begun twice by one process', async () => {
    const opened = openWorkingTree(tree.root());
    const writes = ['x', 'y'].map((text) =>
      opened.write([
        { path: 'a', text },
        { path: 'b', text },
      ]),
    );
    const results = await Promise.allSettled(writes);
    const failed = results.filter((result) => result.status === 'rejected');
    for (const { reason } of failed) expect(reason).toBeInstanceOf(WorldError);
    const { a, b } = await tree.listing();
    expect(a).toBe(b);
  });
});
