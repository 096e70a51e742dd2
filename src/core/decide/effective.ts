import { normalizeName } from '../model/constraints.ts';
import type { ConstraintSet, EffectiveConstraint } from '../model/constraints.ts';
import { markerApplies } from './markers.ts';

/** A distribution that an image builds from source, with the version that comes out. */
interface BuiltDistribution {
  readonly name: string;
  readonly version: string;
}

/** The constraint set of a series, and what one cell makes of it. */
export interface EffectiveInput {
  readonly set: ConstraintSet;
  /** The Python of the image, `3.12`. */
  readonly python: string;
  readonly built: readonly BuiltDistribution[];
}

/**
 * What holds in one image: the lines that apply to its Python, with the pin of everything that it
 * builds from source set to the version being built. Dropping that pin would let the resolver take
 * another version from an index; keeping it would contradict the source. One line stands for all
 * markers of such a name, where the first one stood; what is not pinned stays unpinned.
 */
export function effectiveConstraints({ set, python, built }: EffectiveInput): ConstraintSet {
  const versions = new Map(built.map(({ name, version }) => [normalizeName(name), version]));
  const placed = new Set<string>();
  return set.flatMap((entry) => {
    const version = versions.get(entry.key);
    if (version === undefined) return markerApplies(entry.marker, { python }) ? [entry] : [];
    if (placed.has(entry.key)) return [];
    placed.add(entry.key);
    return [fromSource(entry, version)];
  });
}

function fromSource({ name, key }: EffectiveConstraint, version: string): EffectiveConstraint {
  return { name, key, version, markerText: '', origin: 'source', line: 0 };
}
