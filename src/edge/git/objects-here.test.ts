import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/pinwheel.ts';
import { runGit } from '../../../sandbox/git.ts';
import { writeBlob } from './write-blob.ts';
import { readHere, sizesHere } from './objects-here.ts';
import { openOverlay } from './store.ts';

/** States of a long file, each a little different: git packs them as chains of deltas. */
const states = Array.from({ length: 40 }, (_, number) =>
  Array.from({ length: 3000 }, (__, line) =>
    line % 100 === number ? `line ${line} of state ${number}` : `line ${line * 7919}`,
  ).join('\n'),
);

async function packed() {
  const dir = await temporaryFolder();
  const clone = join(dir, 'clone');
  await runGit(['init', '--quiet', clone]);
  for (const [number, text] of states.entries()) {
    await writeFile(join(clone, 'long'), text);
    await writeFile(join(clone, `short-${number}`), `${number}`);
    await runGit(['-C', clone, 'add', '.']);
    await runGit(['-C', clone, 'commit', '--quiet', '-m', `State ${number}`]);
  }
  await runGit(['-C', clone, 'tag', '-a', '-m', 'One', '1.0.0']);
  return { dir, clone };
}

async function listed(repository: string) {
  const all = ['cat-file', '--batch-all-objects', '--batch-check'];
  const text = await runGit(['-C', repository, ...all]);
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' '));
  return lines.map(([id = '', type = '', size]) => ({ id, type, size: Number(size) }));
}

function summary(repository: string, ids: readonly string[]) {
  const sizes = sizesHere(repository, ids);
  return [...readHere(repository, ids)].map(([id, { type, bytes }]) => {
    expect(sizes.get(id)).toBe(bytes.length);
    return { id, type, size: bytes.length };
  });
}

it.each(['false', 'true'])(
  'finds all that git has packed (repack.useDeltaBaseOffset=%s)',
  async (how) => {
    const { dir, clone } = await packed();
    const bare = join(dir, 'bare');
    await runGit([
      '-c',
      `repack.useDeltaBaseOffset=${how}`,
      '-C',
      clone,
      'repack',
      '-a',
      '-d',
      '-f',
      '--quiet',
    ]);
    await runGit(['clone', '--quiet', '--bare', '--no-local', clone, bare]);
    for (const repository of [join(clone, '.git'), bare]) {
      const all = await listed(repository);
      expect(all.length).toBeGreaterThan(160);
      expect(
        summary(
          repository,
          all.map(({ id }) => id),
        ),
      ).toEqual(all);
    }
  },
);

it('finds what a trial made, and what is in the store below it', async () => {
  const { dir, clone } = await packed();
  const store = join(dir, 'store.git');
  await runGit(['clone', '--quiet', '--bare', '--no-local', clone, store]);
  const overlay = await openOverlay(store);
  const { directory } = overlay;
  const made = await writeBlob(directory, Buffer.from('made\n'));
  const [first] = await listed(store);
  expect(summary(directory, [made, first!.id])).toEqual([
    { id: made, type: 'blob', size: 5 },
    first,
  ]);
  expect(readHere(directory, [made]).get(made)?.bytes.toString()).toBe('made\n');
  await overlay.close();
});

it('leaves to git what is damaged, missing, or no id', async () => {
  const { dir, clone } = await packed();
  const bare = join(dir, 'bare');
  await runGit(['clone', '--quiet', '--bare', '--no-local', clone, bare]);
  const all = (await listed(bare)).map(({ id }) => id);
  const wrong = ['0'.repeat(40), 'HEAD', '../../../HEAD', ''];
  expect(readHere(bare, wrong).size + sizesHere(bare, wrong).size).toBe(0);
  expect(readHere(join(dir, 'nowhere'), all).size).toBe(0);
  const folder = join(bare, 'objects', 'pack');
  const pack = join(
    folder,
    (await readdir(folder)).find((name) => name.endsWith('.pack'))!,
  );
  await chmod(pack, 0o644);
  const bytes = await readFile(pack);
  const before = readHere(bare, all);
  for (let at = 20; at < bytes.length; at += 997) {
    const damaged = Buffer.from(bytes);
    damaged.writeUInt8((bytes.readUInt8(at) + 1) % 256, at);
    await writeFile(pack, damaged);
    for (const [id, found] of readHere(bare, all))
      expect(found.bytes.equals(before.get(id)!.bytes)).toBe(true);
  }
});
