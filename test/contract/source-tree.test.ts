import { spawn } from 'node:child_process';
import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FileEdit } from '../../src/core/model/snapshot.ts';
import { openSourceTree } from '../../src/edge/worktree/source-tree.ts';

let dir = '';
beforeAll(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'pinwheel-contract-')));
});
afterAll(() => rm(dir, { recursive: true }));

const module = new URL('../../src/edge/worktree/source-tree.ts', import.meta.url).href;

/** Two trees, each of which has a folder, a link and a file where the other one has something else. */
const even = [
  ['one', 'file'],
  ['one two/ü', 'executable'],
  ['turns/a', 'file'],
  ['turns/deep/b', 'file'],
  ['back', 'symlink'],
  ['same', 'symlink'],
] as const;
const odd = [
  ['one/c', 'file'],
  ['one two/ü', 'file'],
  ['turns', 'symlink'],
  ['back/d', 'executable'],
  ['same', 'symlink'],
] as const;

/** What makes a folder the generation `n`: the number is in every text. */
function editsOf(n: number): readonly FileEdit[] {
  const [now, before] = n % 2 === 0 ? [even, odd] : [odd, even];
  const gone = before.filter(([path]) => !now.some(([other]) => other === path));
  return [
    ...now.map(([path, mode]) => ({ path, mode, text: `${n}`.padEnd(200, 'x') })),
    ...gone.map(([path]) => ({ path, text: undefined })),
  ];
}

/** Writes one generation after the other, until it is killed. */
function startWriter(root: string): ReturnType<typeof spawn> {
  const program = `
    import { openSourceTree } from ${JSON.stringify(module)};
    const [even, odd] = ${JSON.stringify([even, odd])};
    const editsOf = ${editsOf.toString()};
    const tree = openSourceTree(${JSON.stringify(root)});
    await tree.read([]);
    for (let n = 0; ; n += 1) {
      await tree.write(editsOf(n), async (read) => { await read(['one', 'turns']); });
      if (n === 0) process.stdout.write('!');
    }
  `;
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  return spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: [...stdio] });
}

/** Paths with what they are and their texts; folders only where they are empty. */
async function listing(root: string): Promise<readonly (readonly [string, string, string])[]> {
  const found: (readonly [string, string, string])[] = [];
  for (const path of (await readdir(root, { recursive: true })).sort()) {
    const real = join(root, path);
    const status = await lstat(real);
    if (status.isSymbolicLink()) found.push([path, 'symlink', await readlink(real)]);
    else if (status.isFile()) {
      const mode = (status.mode & 0o100) === 0 ? 'file' : 'executable';
      found.push([path, mode, await readFile(real, 'utf8')]);
    } else if ((await readdir(real)).length === 0) found.push([path, 'folder', '']);
  }
  return found;
}

/** Kills a writer somewhere, has the next one look, and sees whether all is of one generation. */
async function killOnce(root: string): Promise<void> {
  const writer = startWriter(root);
  const ended = new Promise((resolve) => writer.once('exit', resolve));
  await new Promise((resolve) => writer.stdout?.once('data', resolve));
  await pause(Math.random() * 40);
  writer.kill('SIGKILL');
  await ended;
  await openSourceTree(root).read([]);
  const found = await listing(root);
  const n = parseInt(found[0]?.[2] ?? '', 10);
  const expected = (n % 2 === 0 ? even : odd).map(([path, mode]) => [
    path,
    mode,
    `${n}`.padEnd(200, 'x'),
  ]);
  expect(found).toEqual(expected.sort(([a = ''], [b = '']) => (a < b ? -1 : 1)));
  await rm(root, { recursive: true });
  await mkdir(root);
}

it('has all of a write or nothing of it after a kill at any point, whatever turns into what', async () => {
  const lanes = ['one', 'two', 'three', 'four'].map(async (name) => {
    await mkdir(join(dir, name));
    for (let kill = 0; kill < 5; kill += 1) await killOnce(join(dir, name));
  });
  await Promise.all(lanes);
});
