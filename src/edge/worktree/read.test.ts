import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rejection, scratchTree } from '../../../test/support/scratch-tree.ts';
import { UserError } from '../../core/model/failures.ts';
import { openWorkingTree } from './worktree.ts';

const tree = scratchTree();

describe('reading the working tree', () => {
  it('gives the files of the catalog as bytes with their modes, in order', async () => {
    const binary = Buffer.from([0, 255, 13, 10]);
    await tree.put('images/nova/run', '#!/bin/sh\n', 0o755);
    await tree.put('images/nova/Dockerfile', binary);
    await tree.put('.github/pinwheel.yml', 'builds: bot\n');
    await tree.put('.github/workflows/x.yaml', 'not ours');
    await tree.put('patches/nova/2025.2/.0001.patch.swp', 'left by an editor');
    await tree.put('README.md', 'not ours');
    await tree.put('images/.git/config', 'not ours');
    await symlink('../../etc', join(tree.root(), 'images', 'link'));
    const { files } = await openWorkingTree(tree.root()).read();
    expect([...files].map(([path, file]) => [path, file.mode])).toEqual([
      ['.github/pinwheel.yml', 'file'],
      ['images/link', 'symlink'],
      ['images/nova/Dockerfile', 'file'],
      ['images/nova/run', 'executable'],
      ['patches/nova/2025.2/.0001.patch.swp', 'file'],
    ]);
    expect(files.get('images/nova/Dockerfile')?.bytes).toEqual(binary);
    expect(files.get('images/link')?.bytes).toEqual(Buffer.from('../../etc'));
  });

  it('does not follow links out of the folder, not even as a root', async () => {
    await mkdir(join(tree.beside('outside'), 'nova'), { recursive: true });
    await writeFile(join(tree.beside('outside'), 'nova', 'Dockerfile'), 'secret');
    await writeFile(join(tree.beside('outside'), 'pinwheel.yml'), 'secret');
    for (const name of ['images', '.github'])
      await symlink(tree.beside('outside'), join(tree.root(), name));
    await tree.put('releases', 'a file');
    expect((await openWorkingTree(tree.root()).read()).files.size).toBe(0);
  });

  it('reads names that are not UTF-8', async () => {
    await tree.put('images/x', '');
    const odd = Buffer.concat([
      Buffer.from(join(tree.root(), 'images/')),
      Buffer.from([0xff, 0x41]),
    ]);
    await writeFile(odd, 'odd');
    const { files } = await openWorkingTree(tree.root()).read();
    expect(files.get('images/\ufffdA')?.bytes).toEqual(Buffer.from('odd'));
  });

  it('reads many files', async () => {
    await mkdir(join(tree.root(), 'patches', 'nova'), { recursive: true });
    for (let n = 0; n < 500; n += 1)
      await writeFile(join(tree.root(), 'patches', 'nova', `${n}`), `${n}`);
    expect((await openWorkingTree(tree.root()).read()).files.size).toBe(500);
  });

  it('says that there is no such folder', async () => {
    await tree.put('file', '');
    for (const name of ['none', 'file']) {
      const error = await rejection(openWorkingTree(join(tree.root(), name)).read());
      expect(error).toBeInstanceOf(UserError);
      expect(error).toMatchObject({ message: `${join(tree.root(), name)} is not a folder` });
    }
  });
});
