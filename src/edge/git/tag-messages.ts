import { WorldError } from '../../core/model/failures.ts';
import { fetchObjects, isUnknownObject, refusesIds } from './fetch.ts';
import { readObjects } from './objects.ts';
import type { GitObject } from './pack-file.ts';
import type { Place } from './place.ts';
import { textOf } from './read-files.ts';
import { withScratch } from './store.ts';

/** A tag by its name, with the id that its ref holds. */
export interface TagRequest {
  readonly name: string;
  readonly object: string;
}

/** Messages by tag name; `''` where the tag is a lightweight one. */
export async function readTagMessagesFrom(
  place: Place,
  tags: readonly TagRequest[],
): Promise<ReadonlyMap<string, string>> {
  const ids = tags.map((tag) => tag.object);
  const here = await readObjects(place, ids);
  const missing = tags.filter((tag) => !here.has(tag.object));
  if (missing.length > 0) await fetchTags(place, missing);
  const objects = missing.length > 0 ? await readObjects(place, ids) : here;
  return new Map(tags.map((tag) => [tag.name, messageOf(tag, objects.get(tag.object))]));
}

async function fetchTags(place: Place, tags: readonly TagRequest[]): Promise<void> {
  try {
    await fetchShallow(
      place,
      tags.map((tag) => tag.object),
    );
  } catch (error) {
    // A tag that was moved since it was listed: its old object may be gone, its name is not.
    if (!refusesIds(error) && !isUnknownObject(error)) throw error;
    await fetchShallow(
      place,
      tags.map((tag) => `refs/tags/${tag.name}`),
    );
  }
}

function fetchShallow(place: Place, wants: readonly string[]): Promise<void> {
  return withScratch(place.directory, { refs: new Map(), shallow: [] }, (directory) =>
    fetchObjects({ ...place, directory, wants, filter: 'tree:0', shallow: true }),
  );
}

function messageOf({ name, object }: TagRequest, found: GitObject | undefined): string {
  if (!found) {
    throw new WorldError(
      `the tag ${name} is no longer ${object}`,
      'list the tags again, and try again',
    );
  }
  if (found.type !== 'tag') return '';
  const text = textOf(found.bytes);
  const start = text.indexOf('\n\n');
  const message = start < 0 ? '' : text.slice(start + 2);
  return message.replace(/^-----BEGIN (?:PGP|SSH) SIGNATURE-----[^]*/m, '');
}
