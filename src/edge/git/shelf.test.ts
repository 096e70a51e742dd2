import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/pinwheel.ts';
import { runGit } from './git.ts';
import { blobId } from './own-apply.ts';
import type { SharedFiles } from './shared-files.ts';
import { openShelf } from './shelf.ts';
import { ensureStore } from './store.ts';

async function setUp() {
  const folder = await temporaryFolder();
  const directory = join(folder, 'store.git');
  await ensureStore(directory);
  const [shared, made] = [Buffer.from('shared\n'), Buffer.from('made\n')];
  const held = new Map([[blobId([shared]), shared]]);
  const files = { held: () => held } as unknown as SharedFiles;
  const shelf = openShelf({ directory, deadlineMs: 20_000 }, files);
  async function typeOf(id: string): Promise<string> {
    const { directory: at } = await shelf.workshop();
    return (await runGit(at, ['cat-file', '-t', id])).stdout.toString().trim();
  }
  return { folder, shelf, shared, made, id: blobId([made]), typeOf };
}

it('holds what a trial makes until git has to see it', async () => {
  const { folder, shelf, shared, made, id, typeOf } = await setUp();
  await shelf.put(id, made);
  const unknown = '1'.repeat(40);
  const all = [id, blobId([shared]), unknown];
  expect([...(await shelf.read(all)).values()].map(String)).toEqual(['made\n', 'shared\n']);
  expect([...(await shelf.sizesOf(all)).values()]).toEqual([5, 7]);
  expect(await readdir(folder)).toEqual(['store.git']);
  expect(await typeOf(id)).toBe('blob');
  const later = Buffer.from('later\n');
  await shelf.put(blobId([later]), later);
  expect(await typeOf(blobId([later]))).toBe('blob');
  await shelf.close();
  expect(await readdir(folder)).toEqual(['store.git']);
});

it('puts on disk what would be too much to hold', async () => {
  const { folder, shelf } = await setUp();
  const large = Array.from({ length: 5 }, (_, index) => Buffer.alloc(5 * 1024 * 1024, `${index}`));
  for (const content of large) await shelf.put(blobId([content]), content);
  expect(await readdir(folder)).toHaveLength(2);
  const found = await shelf.read(large.map((content) => blobId([content])));
  expect(large.every((content) => found.get(blobId([content]))?.equals(content))).toBe(true);
  await shelf.close();
  expect(await readdir(folder)).toEqual(['store.git']);
});
