import { join } from 'node:path';
import type { Finding } from '../../core/model/finding.ts';
import type { Series } from '../../core/model/series.ts';
import type { Deliverable } from '../../core/model/upstream.ts';
import { loadChecked, storeChecked } from './checked-file.ts';
import type { CheckedFile } from './checked-file.ts';

/** What openstack/releases says, parsed, of all series: data/series_status.yaml. */
export interface SeriesPart {
  readonly series: readonly Series[];
  readonly problems: readonly Finding[];
}

/** What it says of the deliverables of one series. */
export interface DeliverablesPart {
  readonly deliverables: readonly Deliverable[];
  readonly problems: readonly Finding[];
}

/** To be raised with every change to what is stored, or to how it is parsed. */
const formatVersion = 1;

/** One file for each part, of the commit that was read last. */
export interface ReleasesCache {
  readonly dir: string;
  readonly commit: string;
}

/** What is stored of a part; `undefined` where nothing is, or a damaged file, or another commit's. */
export async function loadPart<T extends SeriesPart | DeliverablesPart>(
  cache: ReleasesCache,
  name: string,
): Promise<T | undefined> {
  // The checksum says that these are the bytes that `storePart` wrote.
  return (await loadChecked(fileOf(cache, name))) as T | undefined;
}

/** Stores a part in one step. */
export async function storePart(
  cache: ReleasesCache,
  name: string,
  part: SeriesPart | DeliverablesPart,
): Promise<void> {
  await storeChecked(fileOf(cache, name), part);
}

function fileOf({ dir, commit }: ReleasesCache, name: string): CheckedFile {
  return { path: join(dir, `${name}.cache`), key: `${formatVersion} ${commit}` };
}
