import { WorldError } from '../../core/model/failures.ts';
import type { TagMeta } from '../../core/model/upstream.ts';
import { askEach, realUrl } from './asking.ts';
import type { Asking } from './asking.ts';

export interface TagRequest {
  readonly component: string;
  readonly url: string;
  readonly tag: string;
  /** The id of the tag object. */
  readonly object: string;
}

type TagGroup = readonly [url: string, requests: readonly TagRequest[]];

/** Reads what release tags say of their series: one fetch for each repository. In the order of the requests. */
export async function readTagMetas(
  requests: readonly TagRequest[],
  asking: Asking,
): Promise<readonly TagMeta[]> {
  const byUrl = Map.groupBy(requests, ({ url }) => url);
  const question = {
    what: ([url, group]: TagGroup) => `tags of ${group[0]?.component ?? url}`,
    ask: async ([url, group]: TagGroup) => [url, await readMessages(url, group, asking)] as const,
  };
  const answers = new Map(await askEach([...byUrl], question, asking));
  return requests.map(({ component, tag, url }) => {
    const messages = answers.get(url);
    if (typeof messages === 'string') return { component, tag, unread: messages };
    return { component, tag, ...readMeta(messages?.get(tag)) };
  });
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

function readMeta(message: string | undefined): Pick<TagMeta, 'seriesName' | 'unread'> {
  if (message === undefined) return { unread: 'git gave no message for this tag' };
  const seriesName = readSeriesName(message);
  return seriesName === undefined ? {} : { seriesName };
}

/** The `meta:series` line that OpenStack's release job writes; the first one, should somebody quote another. */
export function readSeriesName(message: string): string | undefined {
  return /^meta:series:[ \t]*([\w.-]+)[ \t]*\r?$/m.exec(message)?.[1];
}
