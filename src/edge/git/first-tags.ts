import { compareVersions } from '../../core/model/version.ts';
import { readTagName } from '../../core/formats/tag-name.ts';
import { fetchObjects } from './fetch.ts';
import { runGit } from './git.ts';
import type { Landmark } from './landmarks.ts';
import type { Place } from './place.ts';
import type { Recent } from './recent.ts';
import { withScratch } from './store.ts';

/** Parents by commit; children stand before them. */
export type CommitGraph = ReadonlyMap<string, readonly string[]>;

/** Commits that some revisions contain, as `git rev-list` takes them. */
export async function readGraph(
  { directory, deadlineMs }: Recent,
  revisions: readonly string[],
): Promise<CommitGraph> {
  const args = ['rev-list', '--topo-order', '--parents', ...new Set(revisions), '--'];
  const { stdout } = await runGit(directory, args, { deadlineMs });
  const lines = stdout.toString('latin1').split('\n');
  return new Map(
    lines.flatMap((line) => {
      const [commit = '', ...parents] = line.split(' ');
      return commit === '' ? [] : [[commit, parents] as const];
    }),
  );
}

/** The lowest version tag that contains each commit; of those that the source contains, where it has one. */
export function firstTags(
  { graph, landmarks }: { readonly graph: CommitGraph; readonly landmarks: readonly Landmark[] },
  source: string,
  commits: readonly string[],
): ReadonlyMap<string, string> {
  const tags = Map.groupBy(landmarks, ({ commit }) => commit);
  const ours = reachableFrom(graph, source);
  const upwards = [...graph].reverse();
  return new Map(
    commits.flatMap((commit) => {
      const found = withDescendants(upwards, commit).flatMap((id) => tags.get(id) ?? []);
      const near = found.filter((landmark) => ours.has(landmark.commit));
      const first = lowestTag(near) ?? lowestTag(found);
      return first === undefined ? [] : [[commit, first] as const];
    }),
  );
}

function lowestTag(landmarks: readonly Landmark[]): string | undefined {
  const versions = landmarks.flatMap(({ tag }) => {
    const read = readTagName(tag);
    return read.kind === 'version' ? [read] : [];
  });
  return versions.toSorted((a, b) => compareVersions(a.version, b.version))[0]?.name;
}

function reachableFrom(graph: CommitGraph, tip: string): ReadonlySet<string> {
  const found = new Set([tip]);
  for (const [commit, parents] of graph) {
    if (found.has(commit)) for (const parent of parents) found.add(parent);
  }
  return found;
}

/** The commit and all that contain it; parents stand before their children. */
function withDescendants(
  upwards: readonly (readonly [commit: string, parents: readonly string[]])[],
  commit: string,
): readonly string[] {
  const found = new Set([commit]);
  for (const [child, parents] of upwards) {
    if (parents.some((parent) => found.has(parent))) found.add(child);
  }
  return [...found];
}

/** More tags than that are made in a few years. */
const mostTags = 64;

/**
 * The history of the tags that were made after a moment, as far as some older tags do not contain it: for
 * commits that the source lacks. Commits are a few hundred bytes, and all come in one request.
 */
export function readNewerTags(
  place: Place,
  landmarks: readonly Landmark[],
  { since, notIn }: { readonly since: number; readonly notIn: readonly string[] },
): Promise<CommitGraph> {
  const newer = landmarks
    .flatMap(({ commit, seconds }) =>
      seconds !== undefined && seconds >= since ? [{ commit, seconds }] : [],
    )
    .sort((a, b) => a.seconds - b.seconds);
  const wants = [...new Set(newer.slice(0, mostTags).map(({ commit }) => commit))];
  if (wants.length === 0) return Promise.resolve(new Map());
  return withScratch(place.directory, { refs: new Map(), shallow: [] }, async (directory) => {
    await fetchObjects({ ...place, directory, wants, filter: 'tree:0', notIn });
    return readGraph({ directory, deadlineMs: place.deadlineMs }, wants);
  });
}
