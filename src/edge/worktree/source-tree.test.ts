import {
  chmod,
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rejection, scratchTree } from '../../../test/support/scratch-tree.ts';
import { UserError, WorldError } from '../../core/model/failures.ts';
import type { FileEdit } from '../../core/model/snapshot.ts';
import { openSourceTree } from './source-tree.ts';

const tree = scratchTree();

function at(path: string): string {
  return join(tree.root(), path);
}

/** Writes, and gives the paths that the proof was shown. */
async function write(...edits: readonly FileEdit[]): Promise<readonly string[]> {
  const seen: string[] = [];
  await openSourceTree(tree.root()).write(edits, async (read) => {
    seen.push(...(await read(edits.map(({ path }) => path))).keys());
  });
  return seen;
}

async function modeOf(path: string): Promise<number> {
  return (await lstat(at(path))).mode & 0o777;
}

describe('reading a source', () => {
  async function found(...paths: readonly string[]) {
    const { files } = await openSourceTree(tree.root()).read(paths);
    return [...files].map(([path, { mode, bytes }]) => [path, mode, Buffer.from(bytes).toString()]);
  }

  it('gives only what stands at the paths, as bytes with their modes', async () => {
    await tree.put('tools/run it', '#!/bin/sh\r\n', 0o755);
    await tree.put('docs/ü', 'text');
    await tree.put('docs/other', 'text');
    await symlink('tools', at('link'));
    expect(await found('tools/run it', 'docs/ü', 'link', 'none', 'no/thing', '__proto__')).toEqual([
      ['tools/run it', 'executable', '#!/bin/sh\r\n'],
      ['docs/ü', 'file', 'text'],
      ['link', 'symlink', 'tools'],
    ]);
  });

  it('gives a link or a file that stands in the way, and looks no further', async () => {
    await mkdir(tree.beside('secret'), { recursive: true });
    await writeFile(join(tree.beside('secret'), 'a'), 'secret');
    await symlink(tree.beside('secret'), at('link'));
    await tree.put('file', 'text');
    expect(await found('link/a', 'file/a/b')).toEqual([
      ['link', 'symlink', tree.beside('secret')],
      ['file', 'file', 'text'],
    ]);
  });

  it('says of a folder in the way of a file whether more than the paths is in it', async () => {
    await tree.put('a/b', '1');
    await tree.put('a/c/d', '2');
    await mkdir(at('empty'));
    expect(await found('a', 'a/b', 'a/c/d', 'empty')).toEqual([
      ['a/b', 'file', '1'],
      ['a/c/d', 'file', '2'],
    ]);
    await mkdir(at('a/c/e'));
    expect(await found('a', 'a/b', 'a/c/d')).toContainEqual(['a/.something', 'file', '']);
  });

  it('refuses a folder that is none, and a file that is none', async () => {
    await tree.put('file', '');
    for (const name of ['none', 'file', 'file/x']) {
      const error = await rejection(openSourceTree(at(name)).read([]));
      expect(error).toBeInstanceOf(UserError);
      expect(error).toMatchObject({ message: `${at(name)} is not a folder` });
    }
    await symlink('.', at('here'));
    await openSourceTree(at('here')).read([]);
    const error = await rejection(openSourceTree('/dev').read(['null']));
    expect((error as Error).message).toContain('/dev/null is neither');
  });

  it('fails as the world does where the disk does', async () => {
    await mkdir(at('.pinwheel-write.json'));
    expect(await rejection(openSourceTree(tree.root()).read([]))).toBeInstanceOf(WorldError);
  });
});

describe('writing a source', () => {
  it('sets modes as git does, and keeps those that are not meant', async () => {
    await tree.put('script', 'x');
    await chmod(at('script'), 0o640);
    await tree.put('program', 'x', 0o755);
    await tree.put('kept', 'x');
    await chmod(at('kept'), 0o600);
    const written = await write(
      { path: 'script', text: 'x', mode: 'executable' },
      { path: 'program', text: 'x', mode: 'file' },
      { path: 'kept', text: 'y', mode: 'file' },
      { path: 'new/run', text: 'z', mode: 'executable' },
      { path: 'new/plain', text: 'z', mode: 'file' },
    );
    expect(written).toHaveLength(5);
    const modes = await Promise.all(
      ['script', 'program', 'kept', 'new/run', 'new/plain'].map(modeOf),
    );
    await mkdir(at('by the system'));
    const all = await modeOf('by the system');
    expect(modes).toEqual([0o750, 0o644, 0o600, all, all & ~0o111]);
  });

  it('makes, changes and removes links without following them', async () => {
    await tree.put('target', 'text');
    await symlink('target', at('changed'));
    await symlink('target', at('removed'));
    await symlink('target', at('to a file'));
    await write(
      { path: 'changed', text: 'else/where', mode: 'symlink' },
      { path: 'removed', text: undefined },
      { path: 'to a file', text: 'own text', mode: 'file' },
      { path: 'made/ü', text: Buffer.from([0x2e, 0x2f, 0xff]), mode: 'symlink' },
    );
    expect(await readlink(at('changed'))).toBe('else/where');
    expect(await readlink(at('made/ü'), 'buffer')).toEqual(Buffer.from([0x2e, 0x2f, 0xff]));
    expect(await readFile(at('to a file'), 'utf8')).toBe('own text');
    expect(await readFile(at('target'), 'utf8')).toBe('text');
    expect((await readdir(tree.root())).sort()).toEqual(['changed', 'made', 'target', 'to a file']);
  });

  it('turns folders into files and links, and those into folders', async () => {
    await tree.put('folder/deep/a', '1');
    await tree.put('folder/b', '2');
    await tree.put('other/a', '3');
    await tree.put('file', '4');
    await mkdir(tree.beside('elsewhere'), { recursive: true });
    await symlink(tree.beside('elsewhere'), at('link'));
    await mkdir(at('empty'));
    await write(
      { path: 'empty', text: 'e', mode: 'file' },
      { path: 'file', text: undefined },
      { path: 'file/in/it', text: 'f', mode: 'file' },
      { path: 'folder', text: 'g', mode: 'executable' },
      { path: 'folder/deep/a', text: undefined },
      { path: 'folder/b', text: undefined },
      { path: 'link', text: undefined },
      { path: 'link/x', text: 'h', mode: 'file' },
      { path: 'other', text: 'link', mode: 'symlink' },
      { path: 'other/a', text: undefined },
    );
    expect(await readlink(at('other'))).toBe('link');
    expect(await readFile(at('file/in/it'), 'utf8')).toBe('f');
    expect(await readFile(at('folder'), 'utf8')).toBe('g');
    expect(await readFile(at('link/x'), 'utf8')).toBe('h');
    expect(await readFile(at('empty'), 'utf8')).toBe('e');
    expect(await readdir(tree.beside('elsewhere'))).toEqual([]);
    expect((await readdir(tree.root())).sort()).toEqual([
      'empty',
      'file',
      'folder',
      'link',
      'other',
    ]);
  });

  it('has a proof that can fail, before anybody else can write', async () => {
    await tree.put('a', 'old');
    const opened = openSourceTree(tree.root());
    const work = opened.write([{ path: 'a', text: 'new' }], async (read) => {
      expect((await read(['a'])).get('a')?.bytes).toEqual(Buffer.from('new'));
      expect(await rejection(opened.read([]))).toBeInstanceOf(WorldError);
      throw new Error('not so');
    });
    await expect(work).rejects.toThrow('not so');
    expect(await readdir(tree.root())).toEqual(['a']);
  });

  it('does not write into a file that has another name as well', async () => {
    await tree.put('a', 'old');
    await link(at('a'), tree.beside('twin'));
    await write({ path: 'a', text: 'new', mode: 'file' });
    expect(await readFile(tree.beside('twin'), 'utf8')).toBe('old');
  });

  it.each(['full', 'link/a', 'a/.GIT/x', '.pinwheel-write.json', 'n'.repeat(256)])(
    'refuses %j, and then writes nothing else either',
    async (path) => {
      await tree.put('full/x', '');
      await symlink('full', at('link'));
      const edits = [
        { path: 'first', text: 'x' },
        { path, text: 'x' },
      ];
      expect(await rejection(write(...edits))).toBeInstanceOf(UserError);
      expect((await readdir(tree.root())).sort()).toEqual(['full', 'link']);
    },
  );
});

describe('a write to a source that was cut off', () => {
  const id = '00000000-0000-4000-8000-000000000000';
  const owner = { host: hostname(), process: 2 ** 22 + 1, since: 0 };

  function staged(n: number): string {
    return `.pinwheel-${id}-${n}.tmp`;
  }
  async function journal(entries: readonly object[]): Promise<void> {
    const all = { state: 'moving', entries, folders: [], owner };
    await tree.put('.pinwheel-write.json', JSON.stringify(all));
  }

  it.each(['before', 'after'])('is finished, cut %s the links took their places', async (when) => {
    const entries = [
      { path: 'a', staged: staged(0) },
      { path: 'a/x', staged: null },
      { path: 'b', staged: null },
      { path: 'b/y', staged: staged(1) },
    ];
    await mkdir(tree.beside('elsewhere'), { recursive: true });
    await writeFile(join(tree.beside('elsewhere'), 'x'), 'not ours');
    if (when === 'before') {
      await tree.put('a/x', 'old');
      await symlink(tree.beside('elsewhere'), at('b'));
      await symlink(tree.beside('elsewhere'), at(staged(0)));
    } else {
      await symlink(tree.beside('elsewhere'), at('a'));
      await mkdir(at('b'));
    }
    await tree.put(staged(1), 'new');
    await journal(entries);
    expect(await openSourceTree(tree.root()).read([])).toMatchObject({ finished: true });
    expect(await readlink(at('a'))).toBe(tree.beside('elsewhere'));
    expect(await readFile(at('b/y'), 'utf8')).toBe('new');
    expect(await readdir(tree.beside('elsewhere'))).toEqual(['x']);
    expect((await readdir(tree.root())).sort()).toEqual(['a', 'b']);
    expect(await openSourceTree(tree.root()).read([])).toMatchObject({ finished: false });
  });

  it('leads nowhere else when somebody has made it up', async () => {
    await mkdir(tree.beside('aside'), { recursive: true });
    await symlink(tree.beside('aside'), at(staged(0)));
    await tree.put(staged(1), 'planted');
    await journal([
      { path: 'a', staged: staged(0) },
      { path: 'a/b', staged: staged(1) },
    ]);
    expect(await rejection(openSourceTree(tree.root()).read([]))).toBeInstanceOf(UserError);
    expect(await readdir(tree.beside('aside'))).toEqual([]);
  });
});
