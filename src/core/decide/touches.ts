import type { Catalog } from '../model/catalog.ts';
import type { Failure } from '../model/failures.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { refText } from '../model/source-ref.ts';

/** A pull request: the branch that it is to be merged into, and what it proposes. */
export interface TwoSides {
  readonly base: Side;
  readonly head: Side;
}

interface Side {
  readonly catalog: Pick<Catalog, 'series'>;
  readonly snapshot: Snapshot;
}

/** Whether a change is about what could not be asked: then it cannot be judged, else it is no worse than before. */
export function touches({ base, head }: TwoSides): (failure: Failure) => boolean {
  const paths = changedPaths(base.snapshot, head.snapshot);
  const [before, after] = [pinsOf(base), pinsOf(head)];
  function isUnder(...folders: readonly string[]): boolean {
    return paths.some((path) => folders.some((folder) => path.startsWith(folder)));
  }
  function movesPin(component: string, series: string | undefined): boolean {
    const keys = [...after.keys()].filter((key) => isPin(key, component, series));
    return keys.some((key) => before.get(key) !== after.get(key));
  }
  return ({ about }) => {
    switch (about?.kind) {
      case undefined:
        return isUnder('releases/', 'patches/', 'overrides/');
      case 'constraints':
        return isUnder(
          `releases/${about.series}/upper-constraints.txt`,
          `overrides/${about.series}/`,
        );
      case 'patches':
      case 'component':
        return isUnder(`patches/${about.component}/`) || movesPin(about.component, about.series);
    }
  };
}

/** Refs by `2025.2/nova`. */
function pinsOf({ catalog: { series } }: Side): ReadonlyMap<string, string> {
  return new Map(
    series.flatMap(({ id, pins }) =>
      pins.map(({ component, ref }) => [`${id}/${component}`, refText(ref)] as const),
    ),
  );
}

function isPin(key: string, component: string, series: string | undefined): boolean {
  return series === undefined ? key.endsWith(`/${component}`) : key === `${series}/${component}`;
}

function changedPaths(base: Snapshot, head: Snapshot): readonly string[] {
  const all = new Set([...base.files.keys(), ...head.files.keys()]);
  return [...all].filter((path) => {
    const [before, after] = [base.files.get(path)?.bytes, head.files.get(path)?.bytes];
    return !before || !after || Buffer.compare(before, after) !== 0;
  });
}
