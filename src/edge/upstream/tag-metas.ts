import { WorldError } from '../../core/model/failures.ts';
import type { TagMeta } from '../../core/model/upstream.ts';
import { askEach, realUrl } from './asking.ts';
import type { Asking } from './asking.ts';
import { loadTagSeries, storeTagSeries } from './tag-series-cache.ts';

export interface TagRequest {
  readonly component: string;
  readonly url: string;
  readonly tag: string;
  /** The id of the tag object. */
  readonly object: string;
}

type TagGroup = readonly [url: string, requests: readonly TagRequest[]];

/**
 * Reads what release tags say of their series: one fetch for each repository, and none for tags that
 * were read before. In the order of the requests.
 */
export async function readTagMetas(
  requests: readonly TagRequest[],
  asking: Asking,
): Promise<readonly TagMeta[]> {
  const known = await loadTagSeries(asking.cacheDir);
  const unknown = requests.filter(({ object }) => !known.has(object));
  const answers = await readAll(unknown, asking);
  const read = new Map(unknown.flatMap((request) => readSeries(request, answers)));
  if (read.size > 0) await storeTagSeries(asking.cacheDir, new Map([...known, ...read]));
  return requests.map((request) => {
    const { component, tag, url, object } = request;
    const seriesName = known.get(object) ?? read.get(object);
    if (seriesName !== undefined) return { component, tag, ...(seriesName && { seriesName }) };
    const answer = answers.get(url);
    const unread = typeof answer === 'string' ? answer : 'git gave no message for this tag';
    return { component, tag, unread };
  });
}

/** Messages by tag name, or what went wrong, by URL. */
type Answers = ReadonlyMap<string, ReadonlyMap<string, string> | string>;

async function readAll(requests: readonly TagRequest[], asking: Asking): Promise<Answers> {
  const byUrl = Map.groupBy(requests, ({ url }) => url);
  const question = {
    what: ([url, group]: TagGroup) => `tags of ${group[0]?.component ?? url}`,
    ask: async ([url, group]: TagGroup) => [url, await readMessages(url, group, asking)] as const,
  };
  return new Map(await askEach([...byUrl], question, asking));
}

function readSeries(
  { url, tag, object }: TagRequest,
  answers: Answers,
): readonly (readonly [object: string, series: string])[] {
  const answer = answers.get(url);
  const message = typeof answer === 'string' ? undefined : answer?.get(tag);
  return message === undefined ? [] : [[object, readSeriesName(message) ?? '']];
}

async function readMessages(
  url: string,
  group: readonly TagRequest[],
  asking: Asking,
): Promise<ReadonlyMap<string, string> | string> {
  const tags = group.map(({ tag, object }) => ({ name: tag, object }));
  try {
    return await asking.limitGit(() => asking.git.readTagMessages(realUrl(url, asking), tags));
  } catch (error) {
    if (error instanceof WorldError) return error.message;
    throw error;
  }
}

/** The `meta:series` line that OpenStack's release job writes; the first one, should somebody quote another. */
export function readSeriesName(message: string): string | undefined {
  return /^meta:series:[ \t]*([\w.-]+)[ \t]*\r?$/m.exec(message)?.[1];
}
