/** A version of a container package in the registry, as the packages API lists them. */
export interface Stored {
  readonly id: number;
  /** Manifest digest. */
  readonly digest: string;
  readonly tags: readonly string[];
  /** ISO 8601. */
  readonly created: string;
  /** Digests of what it consists of: the platforms of an index. */
  readonly children: readonly string[];
}

export interface Keep {
  /** Series that the repository has on any maintained branch; what only others name may go. */
  readonly series: readonly string[];
  /** Tags and digests that a deployment names. */
  readonly pinned: readonly string[];
  /** Immutable tags of a series that stay, newest first. */
  readonly generations: number;
  /** Nothing younger than this goes: a push by digest has no tag yet. ISO 8601. */
  readonly before: string;
}

/** `29.0.2-p1-2026.1-0e230d9a-r123`: version, patches, series, inputs and run. */
const immutable = /-p\d+-(\d{4}\.\d)-[0-9a-f]{8}(?:-r[\w-]+)?$/;
/** How cosign names what belongs to a digest: signature, attestation, bill of materials. */
const companion = /^sha256-([0-9a-f]{64})(?:\.\w+)?$/;

/**
 * What nothing refers to any more, an index before its parts. Kept are moving tags of a living series, its newest
 * generations, what is pinned, all that those consist of, and signatures of what is kept.
 */
export function expired(stored: readonly Stored[], keep: Keep): readonly Stored[] {
  const living = new Set(
    roots(stored, keep).flatMap(({ digest, children }) => [digest, ...children]),
  );
  const gone = stored.filter((one) => {
    if (living.has(one.digest) || one.created >= keep.before) return false;
    const of = one.tags.map((tag) => companion.exec(tag)?.[1]).filter((hex) => hex !== undefined);
    return !of.some((hex) => living.has(`sha256:${hex}`));
  });
  const parts = new Set(gone.flatMap(({ children }) => children));
  // An index whose parts are gone cannot be pulled, so the index goes first.
  return [...gone].sort((a, b) => Number(parts.has(a.digest)) - Number(parts.has(b.digest)));
}

function roots(stored: readonly Stored[], keep: Keep): readonly Stored[] {
  const newest = [...stored].sort((a, b) => (a.created < b.created ? 1 : -1));
  const count = new Map<string, number>();
  return newest.filter((one) => {
    if (one.created >= keep.before) return true;
    if ([one.digest, ...one.tags].some((name) => keep.pinned.includes(name))) return true;
    return one.tags.some((tag) => {
      const series = immutable.exec(tag)?.[1];
      if (series === undefined) return keep.series.some((id) => hasSeries(tag, id));
      const before = count.get(series) ?? 0;
      count.set(series, before + 1);
      return keep.series.includes(series) && before < keep.generations;
    });
  });
}

/** A moving tag has its series as a part of its own: `2026.1`, `29.0.2-2026.1`, `2026.1-topic`. */
function hasSeries(tag: string, series: string): boolean {
  return tag === series || tag.startsWith(`${series}-`) || tag.endsWith(`-${series}`);
}
