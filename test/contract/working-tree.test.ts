import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runGit } from '../../sandbox/git.ts';
import { makeUpstream } from '../../sandbox/upstreams.ts';
import { openImagesRepository } from '../../src/edge/git/repository.ts';
import { openWorkingTree } from '../../src/edge/worktree/worktree.ts';

let dir = '';
beforeAll(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'pinwheel-contract-')));
});
afterAll(() => rm(dir, { recursive: true }));

const module = new URL('../../src/edge/worktree/worktree.ts', import.meta.url).href;
const files = ['releases/1/a', 'releases/1/b', 'releases/2/c', 'patches/d', 'e'];

/** Writes one generation of files after the other, until it is killed. */
function startWriter(root: string): ReturnType<typeof spawn> {
  const program = `
    import { openWorkingTree } from ${JSON.stringify(module)};
    const tree = openWorkingTree(${JSON.stringify(root)});
    for (let n = 0; ; n += 1) {
      const text = n + '\\n' + 'x'.repeat(5000);
      const edits = ${JSON.stringify(files)}.map((path) => ({ path, text }));
      const only = { path: n % 2 === 0 ? 'even/only' : 'odd/only', text };
      const gone = { path: n % 2 === 0 ? 'odd/only' : 'even/only', text: undefined };
      await tree.write([...edits, only, gone]);
      if (n === 0) process.stdout.write('!');
    }
  `;
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  return spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: [...stdio] });
}

/** Kills a writer somewhere, then reads, then looks at what is there. */
async function killOnce(root: string): Promise<void> {
  const writer = startWriter(root);
  const ended = new Promise((resolve) => writer.once('exit', resolve));
  await new Promise((resolve) => writer.stdout?.once('data', resolve));
  await pause(Math.random() * 40);
  writer.kill('SIGKILL');
  await ended;
  await openWorkingTree(root).read();
  const all = await readdir(root, { recursive: true, withFileTypes: true });
  const found = all.filter((entry) => entry.isFile());
  const paths = found.map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
  const texts = await Promise.all(paths.map((path) => readFile(join(root, path), 'utf8')));
  expect(new Set(texts).size).toBe(1);
  const only = Number(texts[0]?.split('\n')[0]) % 2 === 0 ? 'even/only' : 'odd/only';
  expect(paths.sort()).toEqual([...files, only].sort());
}

describe('the working tree', () => {
  it('has all of a write or nothing of it after a kill at any point', async () => {
    const lanes = ['one', 'two', 'three', 'four'].map(async (name) => {
      await mkdir(join(dir, name));
      for (let kill = 0; kill < 5; kill += 1) await killOnce(join(dir, name));
    });
    await Promise.all(lanes);
  });

  it('is what git says of a clean checkout', async () => {
    const upstream = join(dir, 'images.git');
    await makeUpstream(upstream, {
      branches: [
        {
          name: 'main',
          commits: [
            {
              message: 'One',
              files: {
                '.github/pinwheel.yml': 'builds: bot\n',
                'images/nova/Dockerfile': 'FROM x\r\n',
                'images/nova/run': { mode: 'executable', content: '#!/bin/sh\n' },
                'images/nova/link': { mode: 'symlink', content: 'run' },
                'overrides/2025.2/constraints.txt': Buffer.from([0, 255]),
                'patches/ü/0001-a b.patch': 'x',
                releases: 'a file where a folder should be',
              },
            },
          ],
        },
      ],
    });
    const clone = join(dir, 'clone');
    await runGit(['clone', '-q', upstream, clone]);
    const { files: committed } = await openImagesRepository(clone).snapshotAt('HEAD');
    const { files: present } = await openWorkingTree(clone).read();
    expect(present).toEqual(committed);
    expect(present.size).toBe(6);
  });
});
