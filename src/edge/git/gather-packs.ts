import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runGit } from './git.ts';
import type { ReadPlace } from './objects.ts';
import { keepPacks, openOverlay } from './store.ts';

/**
 * Makes one pack of all that a store has. Others may read and fetch meanwhile: an old pack goes when all
 * that it held is elsewhere, and a git that misses one looks for it again.
 */
export async function gatherPacks(place: ReadPlace): Promise<void> {
  const packs = join(place.directory, 'objects', 'pack');
  const old = (await readdir(packs)).filter((name) => name.endsWith('.idx'));
  const gathered = await packEverything(place);
  for (const stem of old.map((name) => name.slice(0, -'.idx'.length))) {
    if (stem === `pack-${gathered}`) continue;
    // The .idx first: without it git takes the rest for nothing.
    for (const suffix of ['.idx', '.rev', '.promisor', '.pack']) {
      await rm(join(packs, `${stem}${suffix}`), { force: true });
    }
  }
}

/** Gives the name of the pack. */
async function packEverything({ directory, deadlineMs = 120_000 }: ReadPlace): Promise<string> {
  const list = ['cat-file', '--batch-all-objects', '--batch-check=%(objectname)', '--buffer'];
  const { stdout: ids } = await runGit(directory, list, { deadlineMs });
  const scratch = await openOverlay(directory);
  try {
    const packs = join(scratch.directory, 'objects', 'pack');
    await mkdir(packs);
    // No window: what is a delta stays one, and no time goes into finding more.
    const args = ['pack-objects', '--quiet', '--window=0', join('objects', 'pack', 'pack')];
    const { stdout } = await runGit(scratch.directory, args, { input: ids, deadlineMs });
    const name = stdout.toString('latin1').trim();
    // As for every pack of a store: what it names may be missing on purpose.
    await writeFile(join(packs, `pack-${name}.promisor`), '');
    await keepPacks(scratch.directory);
    return name;
  } finally {
    await scratch.close();
  }
}
