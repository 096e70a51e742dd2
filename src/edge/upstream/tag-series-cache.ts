import { join } from 'node:path';
import { loadChecked, storeChecked } from './checked-file.ts';
import type { CheckedFile } from './checked-file.ts';

/** By the id of a tag object: the series that its message names, `''` where it names none. */
export type TagSeries = ReadonlyMap<string, string>;

/** To be raised with every change to what is stored, or to how a message is read. */
const formatVersion = '1';
/** Some 100 bytes each. The latest are kept; a tag that was dropped is read again. */
const mostKept = 5000;

/** What tag objects say never changes, so that nothing here is ever out of date. */
export async function loadTagSeries(cacheDir: string): Promise<TagSeries> {
  // The checksum says that these are the bytes that `storeTagSeries` wrote.
  const stored = (await loadChecked(fileIn(cacheDir))) as [string, string][] | undefined;
  return new Map(stored);
}

export async function storeTagSeries(cacheDir: string, series: TagSeries): Promise<void> {
  await storeChecked(fileIn(cacheDir), [...series].slice(-mostKept));
}

function fileIn(cacheDir: string): CheckedFile {
  return { path: join(cacheDir, 'tag-series.cache'), key: formatVersion };
}
