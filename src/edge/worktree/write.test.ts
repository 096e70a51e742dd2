import { chmod, lstat, mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rejection, scratchTree } from '../../../test/support/scratch-tree.ts';
import { UserError, WorldError } from '../../core/model/failures.ts';
import { openWorkingTree } from './worktree.ts';

const tree = scratchTree();

describe('writing the working tree', () => {
  it('changes, adds and removes files and keeps modes', async () => {
    await tree.put('images/nova/run', 'old', 0o750);
    await chmod(join(tree.root(), 'images/nova/run'), 0o750);
    await tree.put('releases/2024.1/a', 'gone');
    await tree.put('keep', 'kept');
    const written = await openWorkingTree(tree.root()).write([
      { path: 'images/nova/run', text: 'new ü\r\n' },
      { path: 'releases/2026.1/deep/b', text: '' },
      { path: 'releases/2024.1/a', text: undefined },
      { path: 'keep', text: 'kept' },
      { path: 'never/was', text: undefined },
    ]);
    expect(written).toEqual(['images/nova/run', 'releases/2026.1/deep/b', 'releases/2024.1/a']);
    expect(await tree.listing()).toEqual({
      'images/nova/run': 'new ü\r\n',
      'releases/2026.1/deep/b': '',
      keep: 'kept',
    });
    expect((await lstat(join(tree.root(), 'images/nova/run'))).mode & 0o777).toBe(0o750);
    expect(await readdir(join(tree.root(), 'releases'))).toEqual(['2026.1']);
  });

  it('touches nothing where every content is there already', async () => {
    await tree.put('a', 'x');
    await chmod(tree.root(), 0o555);
    const before = (await lstat(join(tree.root(), 'a'))).ctimeMs;
    expect(await openWorkingTree(tree.root()).write([{ path: 'a', text: 'x' }])).toEqual([]);
    expect(await openWorkingTree(tree.root()).write([])).toEqual([]);
    expect((await lstat(join(tree.root(), 'a'))).ctimeMs).toBe(before);
    await chmod(tree.root(), 0o755);
  });

  it.each([
    '../a',
    '/etc/passwd',
    'a/../b',
    './a',
    'a//b',
    '',
    '.',
    '.git/config',
    'a/.GIT/hooks/x',
    'a\0b',
    'a\nb',
    '.pinwheel-write.json',
    'link/a',
    'link',
    'folder',
    'file/a',
    'n'.repeat(256),
  ])('refuses %j, and then writes nothing else either', async (path) => {
    await tree.put('folder/x', '');
    await tree.put('file', '');
    await mkdir(tree.beside('elsewhere'), { recursive: true });
    await symlink(tree.beside('elsewhere'), join(tree.root(), 'link'));
    const before = await readdir(tree.root());
    const edits = [
      { path: 'first', text: 'x' },
      { path, text: 'x' },
    ];
    const error = await rejection(openWorkingTree(tree.root()).write(edits));
    expect(error).toBeInstanceOf(UserError);
    expect(await readdir(tree.root())).toEqual(before);
    expect(await readdir(tree.beside('elsewhere'))).toEqual([]);
  });

  it('takes two edits of one place for a mistake of ours', async () => {
    const opened = openWorkingTree(tree.root());
    const twice = [
      { path: 'a', text: 'x' },
      { path: 'a', text: 'y' },
    ];
    await expect(opened.write(twice)).rejects.toThrow('two edits of a');
    const both = [
      { path: 'a', text: 'x' },
      { path: 'a/b', text: 'y' },
    ];
    await expect(opened.write(both)).rejects.toThrow('cannot be a file and a folder');
  });

  it('leaves nothing behind when it fails half-way', async () => {
    await tree.put('a', 'old');
    // Long enough that its own name still fits, but not the one under which it is staged.
    const steps = Array.from({ length: 50 }, () => 'n'.repeat(99)).join('/');
    const long = `${`made/${steps}`.slice(0, 4080 - tree.root().length)}m/x`;
    const edits = [
      { path: 'a', text: 'new' },
      { path: long, text: 'x' },
    ];
    const error = await rejection(openWorkingTree(tree.root()).write(edits));
    expect(error).toBeInstanceOf(WorldError);
    expect(await tree.listing()).toEqual({ a: 'old' });
    expect(await readdir(tree.root())).toEqual(['a']);
  });

  it('makes the tree what the edits say, whatever they are', async () => {
    const path = fc
      .array(fc.constantFrom('a', 'b', 'ü', '__proto__'), { minLength: 2, maxLength: 3 })
      .map((steps) => `${steps.join('/')}.txt`);
    const text = fc.option(fc.string({ unit: 'binary', maxLength: 5 }), { nil: undefined });
    const edits = fc.uniqueArray(fc.record({ path, text }), {
      selector: (edit) => edit.path,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(edits, { maxLength: 3 }), async (writes) => {
        await rm(tree.root(), { recursive: true });
        await mkdir(tree.root());
        const expected = new Map<string, string>();
        for (const write of writes) {
          const changed = await openWorkingTree(tree.root()).write(write);
          const differing = write.filter((edit) => expected.get(edit.path) !== edit.text);
          expect(changed).toEqual(differing.map((edit) => edit.path));
          for (const edit of write) {
            if (edit.text === undefined) expected.delete(edit.path);
            else expected.set(edit.path, Buffer.from(edit.text).toString());
          }
        }
        expect(new Map(Object.entries(await tree.listing()))).toEqual(expected);
      }),
      { numRuns: 10 },
    );
  });
});
