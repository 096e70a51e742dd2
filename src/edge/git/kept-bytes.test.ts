import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/pinwheel.ts';
import { keep, readKept } from './kept-bytes.ts';

function nameOf(key: unknown) {
  return { kind: 'commits', key: [key] } as const;
}

async function setUp() {
  const folder = await temporaryFolder();
  const store = join(folder, 'store.git');
  await mkdir(store);
  async function read(key: unknown): Promise<string | undefined> {
    return (await readKept(store, nameOf(key)))?.toString();
  }
  return { store, read, folder };
}

it('keeps what was found out, by what it follows from', async () => {
  const { store, read, folder } = await setUp();
  expect(await read('a')).toBeUndefined();
  await keep(store, nameOf('a'), Buffer.from('one'));
  await keep(store, nameOf('b'), Buffer.from(''));
  expect([await read('a'), await read('b'), await read('c')]).toEqual(['one', '', undefined]);
  expect(await readKept(store, { kind: 'patch-ids', key: ['a'] })).toBeUndefined();
  expect(await readdir(folder)).toEqual(['store.git']);
});

it('takes a file that is damaged, cut off or of something else for none', async () => {
  const { store, read } = await setUp();
  await keep(store, nameOf('a'), Buffer.from('one'));
  const [name = ''] = await readdir(store);
  const file = join(store, name);
  const bytes = await readFile(file);
  for (let at = 0; at < bytes.length; at += 1) {
    const damaged = Buffer.from(bytes);
    damaged.writeUInt8(damaged.readUInt8(at) ^ 1, at);
    for (const wrong of [damaged, bytes.subarray(0, at)]) {
      await writeFile(file, wrong);
      expect(await read('a')).toBeUndefined();
    }
  }
  await keep(store, nameOf('b'), Buffer.from('two'));
  const [other = ''] = (await readdir(store)).filter((one) => one !== name);
  await writeFile(file, await readFile(join(store, other)));
  expect(await read('a')).toBeUndefined();
  await keep(store, nameOf('a'), Buffer.from('again'));
  expect(await read('a')).toBe('again');
});

it('keeps those that were written last, and does not mind where nothing can be written', async () => {
  const { store, read } = await setUp();
  for (let number = 0; number < 30; number += 1) {
    await keep(store, nameOf(number), Buffer.from(`${number}`));
  }
  expect(await readdir(store)).toHaveLength(24);
  expect([await read(29), await read(0)]).toEqual(['29', undefined]);
  await keep(join(store, 'gone'), nameOf('a'), Buffer.from('one'));
});
