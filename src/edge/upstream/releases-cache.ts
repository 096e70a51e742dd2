import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding } from '../../core/model/finding.ts';
import type { Series } from '../../core/model/series.ts';
import type { Deliverable } from '../../core/model/upstream.ts';

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

/** One file for each part, of the commit that was read last: `<checksum>\n<JSON>`. */
export interface ReleasesCache {
  readonly dir: string;
  readonly commit: string;
}

/** What is stored of a part; `undefined` where nothing is, or a damaged file, or another commit's. */
export async function loadPart<T extends SeriesPart | DeliverablesPart>(
  cache: ReleasesCache,
  name: string,
): Promise<T | undefined> {
  const text = await readFile(fileOf(cache, name), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const head = `${checksum(text.slice(text.indexOf('\n') + 1))} ${keyOf(cache)}\n`;
  if (!text.startsWith(head)) return undefined;
  // The checksum says that these are the bytes that `storePart` wrote.
  return JSON.parse(text.slice(head.length)) as T;
}

/** Stores a part in one step. A cache that cannot be written costs time on the next run, nothing else. */
export async function storePart(
  cache: ReleasesCache,
  name: string,
  part: SeriesPart | DeliverablesPart,
): Promise<void> {
  const json = JSON.stringify(part);
  const file = fileOf(cache, name);
  const draft = `${file}.${randomUUID()}.tmp`;
  try {
    await mkdir(cache.dir, { recursive: true });
    await writeFile(draft, `${checksum(json)} ${keyOf(cache)}\n${json}`);
    await rename(draft, file);
  } catch {
    await rm(draft, { force: true });
  }
}

function fileOf(cache: ReleasesCache, name: string): string {
  return join(cache.dir, `${name}.cache`);
}

function keyOf(cache: ReleasesCache): string {
  return `${formatVersion} ${cache.commit}`;
}

function checksum(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
