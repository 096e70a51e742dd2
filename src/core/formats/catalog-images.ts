import { createHash } from 'node:crypto';
import type { Finding, Parsed } from '../model/finding.ts';
import type { Image, ImageFile } from '../model/image.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { readText } from './catalog-files.ts';
import { readDockerfile } from './dockerfile.ts';
import { dockerfilePath, imageFolders, readImageNames } from './image-folders.ts';

/** Reads images/ with all that is in it. */
export function readImages(snapshot: Snapshot): Parsed<ReadonlyMap<string, Image>> {
  const folders = imageFolders(snapshot);
  const { value: imageNames, problems: badFolders } = readImageNames(snapshot);
  const images = new Map<string, Image>();
  const problems: Finding[] = [...badFolders];
  for (const name of imageNames) {
    const path = dockerfilePath(name);
    const read = readText(snapshot, path, (text) =>
      readDockerfile(text, { path, image: name, imageNames }),
    );
    problems.push(...read.problems);
    const files = imageFiles(snapshot, folders.get(name) ?? []);
    if (read.value) images.set(name, { ...read.value, files });
  }
  return { value: images, problems };
}

function imageFiles(snapshot: Snapshot, paths: readonly string[]): readonly ImageFile[] {
  return paths.flatMap((path) => {
    const file = snapshot.files.get(path);
    if (!file) return [];
    const sha256 = createHash('sha256').update(file.bytes).digest('hex');
    return [{ path: path.split('/').slice(2).join('/'), mode: file.mode, sha256 }];
  });
}
