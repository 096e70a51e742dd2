import { readFileSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { imagesRepository } from './pinwheel.ts';
import type { Bench } from './pinwheel.ts';

/** One line of corpus.tsv. */
export type CorpusRow = Readonly<Record<string, string>>;

export function readCorpus(data: string): readonly CorpusRow[] {
  const [head = '', ...lines] = readFileSync(join(data, 'patches/corpus.tsv'), 'utf8')
    .trimEnd()
    .split('\n');
  const names = head.split('\t');
  return lines.map((line) => {
    const values = line.split('\t');
    return Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
  });
}

/** Where the patch of a row stands in a queue, by its place from 0. */
export function carriedName({ patch = '' }: CorpusRow, place: number): string {
  return `000${place + 1}-${basename(patch)}`;
}

/** An images repository that carries the patches of some rows, and pins what they are for. */
export async function carryRows(
  rows: readonly CorpusRow[],
  files: string,
  template: string,
): Promise<Bench> {
  const [{ component = '', target_ref: ref = '' } = {}] = rows;
  const pin = { 'releases/2025.2/source-refs.yaml': `${component}: "${ref}"\n` };
  const bench = await imagesRepository(pin, template);
  const folder = join(bench.dir, 'patches', component, '2025.2');
  await mkdir(folder, { recursive: true });
  for (const [place, row] of rows.entries()) {
    await cp(join(files, row['patch'] ?? ''), join(folder, carriedName(row, place)));
  }
  return bench;
}
