import { fetchBlobs } from './fetch-files.ts';
import { runGit } from './git.ts';
import { missingObjects } from './objects.ts';
import type { Place, Places } from './place.ts';
import { openPatchIds } from './patch-id-file.ts';
import type { PatchId } from './patch-id-file.ts';
import { readPathSets } from './path-sets.ts';
import { withRange } from './recent.ts';
import type { Recent, RecentRange } from './recent.ts';
import { patchPaths } from './trial-patch.ts';
import type { TrialPatch } from './trial-patch.ts';

/** Where to look: what a commit contains and some tags do not. */
export interface PatchIdTarget {
  readonly url: string;
  readonly ref: string;
  readonly commit: string;
  readonly notIn: readonly string[];
}

/** Newest first; a change that was merged hundreds of changes of the same files ago is not carried. */
const mostCandidates = 256;

/** Commits whose diff is the patch's, whatever their messages say. */
export async function findByPatchId(
  places: Places,
  target: PatchIdTarget,
  patch: TrialPatch,
): Promise<readonly string[]> {
  if (patch.files.length === 0) return [];
  const { url, ref, commit, notIn } = target;
  const request = { ref, commit, notIn, filter: 'blob:none' } as const;
  const found = await places.at('recent-trees', url, (place) =>
    withRange(place, request, (range) => findIn({ place, range, target, patch })),
  );
  return found ?? [];
}

interface Question {
  readonly place: Place;
  readonly range: RecentRange;
  readonly target: PatchIdTarget;
  readonly patch: TrialPatch;
}

async function findIn(question: Question): Promise<readonly string[]> {
  const { place, range, target, patch } = question;
  const paths = patchPaths(patch);
  const sets = await readPathSets(place, range, target.commit);
  const candidates = sets?.commitsOf(paths).slice(0, mostCandidates);
  if (candidates?.length === 0) return [];
  const wanted = await patchIds(place, patch.bytes);
  const [only, ...others] = new Set(wanted.map(([id]) => id));
  // A file of several patches: no commit is all of them.
  if (only === undefined || others.length > 0) return [];
  const ids = await rememberedIds(question, candidates);
  return ids.filter(([id]) => id === only).map(([, commit]) => commit);
}

/** Of some candidates, newest first; of those that git finds where nobody has named any. */
async function rememberedIds(
  question: Question,
  candidates: readonly string[] | undefined,
): Promise<readonly PatchId[]> {
  const { place, range } = question;
  if (!candidates) return idsByGit(question, () => true);
  const ids = await openPatchIds(place);
  const known = new Map(
    candidates.flatMap((commit) => {
      const id = ids.get(commit);
      return id === undefined ? [] : [[commit, id] as const];
    }),
  );
  if (known.size < candidates.length) {
    const fresh = await idsByGit(question, (commit) => !known.has(commit));
    for (const [id, commit] of fresh) known.set(commit, id);
    // What stands where the history is cut off seems to have made all of its files.
    await ids.add(fresh.filter(([, commit]) => !range.cuts.includes(commit)));
  }
  return candidates.flatMap((commit) => {
    const id = known.get(commit);
    return id === undefined ? [] : [[id, commit] as const];
  });
}

function idsByGit(
  { place, range, target, patch }: Question,
  isWanted: (commit: string) => boolean,
): Promise<readonly PatchId[]> {
  return range.read(async (recent) => {
    const all = await sameFiles(recent, target.commit, patch);
    const candidates = all.filter(({ commit }) => isWanted(commit));
    if (candidates.length === 0) return [];
    await bringBlobs(place, target.ref, candidates);
    return candidateIds(recent, candidates);
  });
}

interface Candidate {
  readonly commit: string;
  readonly paths: ReadonlySet<string>;
  readonly blobs: readonly string[];
}

/** Commits that touch exactly the paths of the patch: a small part of those that touch one of them. */
async function sameFiles(
  { directory, deadlineMs }: Recent,
  commit: string,
  patch: TrialPatch,
): Promise<readonly Candidate[]> {
  const paths = patchPaths(patch);
  const args = ['log', '--no-merges', '--full-diff', '--raw', '-z', '--no-abbrev', '--no-renames'];
  const { stdout } = await runGit(
    directory,
    [...args, '--format=commit:%H', commit, '--', ...paths],
    { deadlineMs },
  );
  return candidatesIn(stdout, new Set(paths)).slice(0, mostCandidates);
}

const mark = 'commit:';

/** A commit, then two NUL for each file. Most commits touch more files, or fewer: those are not even read. */
function candidatesIn(output: Buffer, paths: ReadonlySet<string>): readonly Candidate[] {
  const found: Candidate[] = [];
  for (let at = nextCommit(output, 0); at >= 0;) {
    const next = nextCommit(output, at + 1);
    const section = output.subarray(at, next < 0 ? output.length : next);
    const candidate =
      countOf(section, 0) === 2 * paths.size + 1 ? parseSection(section) : undefined;
    if (candidate && [...paths].every((path) => candidate.paths.has(path))) found.push(candidate);
    at = next;
  }
  return found;
}

/** Where the next section begins; a file may have the name of one, but no line end after it. */
function nextCommit(output: Buffer, from: number): number {
  const length = mark.length + 40;
  let at = output.indexOf(mark, from);
  while (at >= 0 && (output[at + length] !== 0 || output[at + length + 1] !== 10)) {
    at = output.indexOf(mark, at + 1);
  }
  return at;
}

function countOf(bytes: Buffer, byte: number): number {
  let count = 0;
  for (let at = bytes.indexOf(byte); at >= 0; at = bytes.indexOf(byte, at + 1)) count += 1;
  return count;
}

const noBlob = '0'.repeat(40);

/** `commit:<id> NUL LF`, then `:<mode> <mode> <id> <id> <letter> NUL <path> NUL` for each file. */
function parseSection(section: Buffer): Candidate {
  const records = section
    .toString('utf8')
    .matchAll(/:\d{6} \d{6} ([0-9a-f]{40}) ([0-9a-f]{40}) [A-Z]\0([^\0]*)\0/g);
  const paths = new Set<string>();
  const blobs: string[] = [];
  for (const [, before = '', after = '', path = ''] of records) {
    paths.add(path);
    blobs.push(...[before, after].filter((blob) => blob !== noBlob));
  }
  const commit = section.toString('latin1', mark.length, mark.length + 40);
  return { commit, paths, blobs };
}

async function bringBlobs(
  place: Place,
  ref: string,
  candidates: readonly Candidate[],
): Promise<void> {
  const blobs = [...new Set(candidates.flatMap((candidate) => candidate.blobs))];
  const wants = await missingObjects(place, blobs);
  if (wants.length === 0) return;
  await fetchBlobs(
    place,
    { ref, wants },
    async () => (await missingObjects(place, wants)).length === 0,
  );
}

async function candidateIds(
  { directory, deadlineMs }: Recent,
  candidates: readonly Candidate[],
): Promise<readonly PatchId[]> {
  const args = ['diff-tree', '--stdin', '--root', '-r', '-p', '-M', '--no-ext-diff'];
  const input = candidates.map(({ commit }) => `${commit}\n`).join('');
  const { stdout } = await runGit(directory, args, { input, deadlineMs });
  return patchIds({ directory, deadlineMs }, stdout);
}

async function patchIds(
  { directory, deadlineMs }: Pick<Place, 'directory' | 'deadlineMs'>,
  input: Uint8Array,
): Promise<readonly PatchId[]> {
  const { stdout } = await runGit(directory, ['patch-id', '--stable'], { input, deadlineMs });
  const lines = stdout.toString('latin1').matchAll(/^([0-9a-f]{40}) ([0-9a-f]{40})$/gm);
  return [...lines].map(([, id = '', commit = '']) => [id, commit] as const);
}
