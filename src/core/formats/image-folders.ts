import type { Finding, Parsed } from '../model/finding.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { pathsBelow } from './catalog-files.ts';
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

export function dockerfilePath(image: string): string {
  return `images/${image}/Dockerfile`;
}

/** Paths by folder, for the folders that have a Dockerfile. */
export function imageFolders(snapshot: Snapshot): ReadonlyMap<string, readonly string[]> {
  const paths = pathsBelow(snapshot, 'images/');
  const folders = Map.groupBy(paths, (path) => path.split('/')[1] ?? '');
  return new Map([...folders].filter(([name, files]) => files.includes(dockerfilePath(name))));
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
