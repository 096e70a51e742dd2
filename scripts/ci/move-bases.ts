/**
 * move-bases.ts REPOSITORY: brings each pinned base image to the digest that its tag has today, and what packages
 * are taken from to the archive of this week; prints what moved. With SNAPSHOT=today, to the archive of today.
 */
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../command.ts';
import { creationDates, moveDigests, moveSnapshot, pinnedBases } from './bases.ts';
import { pinnedSnapshot, weeklySnapshot } from './bases.ts';

const [repo = '.'] = process.argv.slice(2);
const today = new Date();

/** As JSON: buildx takes whatever begins with {{.Manifest for its own summary. */
async function inspect(reference: string, field: 'Manifest' | 'Image'): Promise<unknown> {
  const words = ['imagetools', 'inspect', reference, '--format', `{{json .${field}}}`];
  return JSON.parse(await runCommand(['docker', 'buildx', ...words]));
}

/** Of the index, as a Dockerfile pins it, so that it holds for every platform. */
async function digestOf(reference: string): Promise<string> {
  const said = await inspect(reference, 'Manifest');
  const { digest = '' } = said as { readonly digest?: string };
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) {
    throw new Error(`${reference}: ${JSON.stringify(said).slice(0, 200)} has no digest`);
  }
  return digest;
}

async function snapshotFor(references: readonly string[]): Promise<string> {
  const created: Date[] = [];
  for (const reference of references) {
    created.push(...creationDates(await inspect(reference, 'Image')));
  }
  if (process.env['SNAPSHOT'] === 'today') created.push(new Date(today.toISOString().slice(0, 10)));
  return weeklySnapshot(today, created);
}

for (const image of await readdir(join(repo, 'images'))) {
  const path = join(repo, 'images', image, 'Dockerfile');
  const before = await readFile(path, 'utf8');
  const bases = pinnedBases(before);
  const newest = new Map<string, string>();
  for (const { reference } of bases) newest.set(reference, await digestOf(reference));
  let after = moveDigests(before, newest);
  for (const { reference, digest } of bases) {
    const moved = newest.get(reference);
    if (moved !== undefined && moved !== digest)
      console.log(`- images/${image}: ${reference} is now ${moved}`);
  }
  const snapshot = pinnedSnapshot(before);
  if (snapshot !== undefined) {
    after = moveSnapshot(after, await snapshotFor(bases.map(({ reference }) => reference)));
    const moved = pinnedSnapshot(after);
    if (moved !== snapshot)
      console.log(
        `- images/${image}: packages are those of ${moved}, and were those of ${snapshot}`,
      );
  }
  if (after !== before) await writeFile(path, after);
}
