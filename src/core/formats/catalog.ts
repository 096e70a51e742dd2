import type { Catalog } from '../model/catalog.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { readImages } from './catalog-images.ts';
import { readQueues } from './catalog-patches.ts';
import { joinCatalog } from './catalog-pins.ts';

/** Reads all that an images repository declares. Whatever the bytes are, it never throws. */
export function readCatalog(snapshot: Snapshot): Catalog {
  const images = readImages(snapshot);
  const imageNames = new Set(images.value.keys());
  return joinCatalog(snapshot, { images, imageNames, queues: readQueues(snapshot) });
}
