import { createHash } from 'node:crypto';
import type { Finding, Parsed } from '../model/finding.ts';
import type { Image, ImageFile } from '../model/image.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { pathsBelow, readText } from './catalog-files.ts';
import { readDockerfile } from './dockerfile.ts';
import { aComponentName, componentName } from './names.ts';
import { failure } from './problem.ts';
import { shownText } from './shown-text.ts';

/** Every folder of images/ with a Dockerfile is an image, whatever stands in it. */
export function readImageNames(snapshot: Snapshot): Parsed<ReadonlySet<string>> {
  const folders = [...imageFolders(snapshot).keys()];
  return {
    value: new Set(folders.filter((name) => componentName.test(name))),
    problems: folders.filter((name) => !componentName.test(name)).map(badFolder),
  };
}

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

function dockerfilePath(image: string): string {
  return `images/${image}/Dockerfile`;
}

/** Paths by folder, for the folders that have a Dockerfile. */
function imageFolders(snapshot: Snapshot): ReadonlyMap<string, readonly string[]> {
  const paths = pathsBelow(snapshot, 'images/');
  const folders = Map.groupBy(paths, (path) => path.split('/')[1] ?? '');
  return new Map([...folders].filter(([name, files]) => files.includes(dockerfilePath(name))));
}

function imageFiles(snapshot: Snapshot, paths: readonly string[]): readonly ImageFile[] {
  return paths.flatMap((path) => {
    const file = snapshot.files.get(path);
    if (!file) return [];
    const sha256 = createHash('sha256').update(file.bytes).digest('hex');
    return [{ path: path.split('/').slice(2).join('/'), mode: file.mode, sha256 }];
  });
}

function badFolder(name: string): Finding {
  return failure(
    { file: dockerfilePath(name), line: 1 },
    {
      code: 'image-name',
      message: `images/${shownText(name)} is not named as an image can be`,
      remedy: `rename the folder to ${aComponentName}`,
    },
  );
}
