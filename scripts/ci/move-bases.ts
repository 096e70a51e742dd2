/** move-bases.ts REPOSITORY: brings each pinned base image to the digest that its tag has today; prints what moved. */
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../command.ts';
import { moveDigests, pinnedBases } from './bases.ts';

const [repo = '.'] = process.argv.slice(2);

/** Of the index, as a Dockerfile pins it, so that it holds for every platform. */
async function digestOf(reference: string): Promise<string> {
  // As JSON: buildx takes whatever begins with {{.Manifest for its own summary.
  const words = ['imagetools', 'inspect', reference, '--format', '{{json .Manifest}}'];
  const said = await runCommand(['docker', 'buildx', ...words]);
  const { digest = '' } = JSON.parse(said) as { readonly digest?: string };
  if (!/^sha256:[0-9a-f]{64}$/.test(digest))
    throw new Error(`${reference}: ${said.slice(0, 200)} has no digest`);
  return digest;
}

for (const image of await readdir(join(repo, 'images'))) {
  const path = join(repo, 'images', image, 'Dockerfile');
  const before = await readFile(path, 'utf8');
  const bases = pinnedBases(before);
  const newest = new Map<string, string>();
  for (const { reference } of bases) newest.set(reference, await digestOf(reference));
  const after = moveDigests(before, newest);
  if (after === before) continue;
  await writeFile(path, after);
  for (const { reference, digest } of bases) {
    const moved = newest.get(reference);
    if (moved !== undefined && moved !== digest)
      console.log(`- images/${image}: ${reference} is now ${moved}`);
  }
}
