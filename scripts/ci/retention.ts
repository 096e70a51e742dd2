/** A version of a container package, as GitHub lists them. */
export interface Stored {
  readonly id: number;
  /** Manifest digest. */
  readonly digest: string;
  readonly tags: readonly string[];
  /** ISO 8601. */
  readonly created: string;
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

/** Digests that a manifest consists of: the platforms of an index, none of a platform's. */
export type Children = (digest: string) => Promise<readonly string[]>;

/** `29.0.2-p1-2026.1-0e230d9a-r123`: version, patches, series, inputs and run. */
const immutable = /-p\d+-(\d{4}\.\d)-[0-9a-f]{8}(?:-r[\w.-]+)?$/;
/** `2026.1-g15f09fa7bad3`: the commit of a build. Each build has one, so it keeps nothing. */
const ofCommit = /^\d{4}\.\d-g[0-9a-f]{12}$/;
/** How what belongs to a digest is named: signature, attestation, bill of materials. */
const companion = /^sha256-([0-9a-f]{64})(?:\.\w+)?$/;

/**
 * What nothing refers to any more, an index before its parts. Kept are moving tags of a living series, its newest
 * generations, what is pinned, signatures of what is kept, and all that any of those consists of. Where that cannot
 * be read of one of them, nobody knows what may go, and the error is passed on.
 */
export async function expired(
  stored: readonly Stored[],
  keep: Keep,
  children: Children,
): Promise<readonly Stored[]> {
  const living = new Set<string>();
  let found = roots(stored, keep).map(({ digest }) => digest);
  while (found.length > 0) {
    const next: string[] = [];
    for (const digest of found) {
      if (living.has(digest)) continue;
      living.add(digest);
      next.push(...(await children(digest)), ...companionsOf(digest, stored));
    }
    found = next;
  }
  const gone = stored.filter(({ digest }) => !living.has(digest));
  // An index whose parts are gone cannot be pulled, so it goes first; and what has no tag is a part.
  return [...gone].sort((a, b) => Number(a.tags.length === 0) - Number(b.tags.length === 0));
}

function companionsOf(digest: string, stored: readonly Stored[]): readonly string[] {
  const hex = digest.slice('sha256:'.length);
  return stored
    .filter(({ tags }) => tags.some((tag) => companion.exec(tag)?.[1] === hex))
    .map((one) => one.digest);
}

function roots(stored: readonly Stored[], keep: Keep): readonly Stored[] {
  const newest = [...stored].sort((a, b) => (a.created < b.created ? 1 : -1));
  const count = new Map<string, number>();
  return newest.filter((one) => {
    // Counted even where something else keeps it: it is a generation all the same.
    const isNew = one.tags.map((tag) => isNewGeneration(tag, keep, count)).includes(true);
    return (
      isNew ||
      one.created >= keep.before ||
      [one.digest, ...one.tags].some((name) => keep.pinned.includes(name)) ||
      one.tags.some((tag) => keep.series.some((id) => hasSeries(tag, id)))
    );
  });
}

function isNewGeneration(tag: string, keep: Keep, count: Map<string, number>): boolean {
  const series = immutable.exec(tag)?.[1];
  if (series === undefined) return false;
  const before = count.get(series) ?? 0;
  count.set(series, before + 1);
  return keep.series.includes(series) && before < keep.generations;
}

/** A moving tag has its series as a part of its own: `2026.1`, `29.0.2-2026.1`, `2026.1-topic`. */
function hasSeries(tag: string, series: string): boolean {
  if (immutable.test(tag) || ofCommit.test(tag)) return false;
  return tag === series || tag.startsWith(`${series}-`) || tag.endsWith(`-${series}`);
}
