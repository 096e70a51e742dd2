import { fetchBlobs } from './fetch-files.ts';
import { runGit } from './git.ts';
import type { History, OpenHistory } from './history.ts';
import { commitsWithoutIt, openHistoryOf } from './history-target.ts';
import type { HistoryTarget } from './history-target.ts';
import { missingObjects } from './objects.ts';
import type { Place, Places } from './place.ts';
import { patchPaths } from './trial-patch.ts';
import type { TrialPatch } from './trial-patch.ts';

/** Commits of a target by what they change, whatever their messages say. */
export interface PatchIds {
  /** Commits whose diff is the patch's. */
  find(patch: TrialPatch): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Newest first; a change that was merged hundreds of changes of the same files ago is not carried. */
const mostCandidates = 256;

/** Fetches the trees of the target's history when it is first asked. */
export function openPatchIds(places: Places, target: HistoryTarget): PatchIds {
  let opened: Promise<OpenHistory> | undefined;
  return {
    find: async (patch) => {
      if (patch.files.length === 0) return [];
      opened ??= openHistoryOf(places, 'trees', target);
      const history = await opened;
      return places.at('trees', target.url, (place) => findIn(place, history, { target, patch }));
    },
    close: async () => {
      await opened?.then(
        (history) => history.close(),
        () => undefined,
      );
    },
  };
}

async function findIn(
  place: Place,
  history: History,
  { target, patch }: { readonly target: HistoryTarget; readonly patch: TrialPatch },
): Promise<readonly string[]> {
  const wanted = await patchIds(history, patch.bytes);
  const [only, ...others] = new Set(wanted.map(([id]) => id));
  // A file of several patches: no commit is all of them.
  if (only === undefined || others.length > 0) return [];
  const candidates = await sameFiles(history, target, patch);
  if (candidates.length === 0) return [];
  await bringBlobs(place, target.ref, candidates);
  const ids = await candidateIds(history, candidates);
  return ids.filter(([id]) => id === only).map(([, commit]) => commit);
}

interface Candidate {
  readonly commit: string;
  readonly paths: ReadonlySet<string>;
  readonly blobs: readonly string[];
}

/** Commits that touch exactly the paths of the patch: a small part of those that touch one of them. */
async function sameFiles(
  history: History,
  target: HistoryTarget,
  patch: TrialPatch,
): Promise<readonly Candidate[]> {
  const { directory, deadlineMs } = history;
  const paths = patchPaths(patch);
  const without = await commitsWithoutIt(history, target, patch);
  const args = ['log', '--no-merges', '--full-diff', '--raw', '-z', '--no-abbrev', '--no-renames'];
  const range = [target.commit, ...without.map((commit) => `^${commit}`)];
  const { stdout } = await runGit(
    directory,
    [...args, '--format=commit:%H', ...range, '--', ...paths],
    { deadlineMs },
  );
  const same = parseLog(stdout.toString('utf8')).filter(
    (candidate) =>
      candidate.paths.size === paths.length && paths.every((path) => candidate.paths.has(path)),
  );
  return same.slice(0, mostCandidates);
}

const noBlob = '0'.repeat(40);

/** `commit:<id>`, then `:<mode> <mode> <id> <id> <letter> NUL <path> NUL` for each file. */
function parseLog(output: string): readonly Candidate[] {
  const found: { commit: string; paths: Set<string>; blobs: string[] }[] = [];
  const tokens =
    /commit:([0-9a-f]{40})|:\d{6} \d{6} ([0-9a-f]{40}) ([0-9a-f]{40}) [A-Z]\0([^\0]*)\0/g;
  for (const [, commit, before = '', after = '', path = ''] of output.matchAll(tokens)) {
    if (commit !== undefined) found.push({ commit, paths: new Set(), blobs: [] });
    else {
      found.at(-1)?.paths.add(path);
      found.at(-1)?.blobs.push(...[before, after].filter((blob) => blob !== noBlob));
    }
  }
  return found;
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
  history: History,
  candidates: readonly Candidate[],
): Promise<readonly PatchId[]> {
  const { directory, deadlineMs } = history;
  const args = ['diff-tree', '--stdin', '--root', '-r', '-p', '-M', '--no-ext-diff'];
  const input = candidates.map(({ commit }) => `${commit}\n`).join('');
  const { stdout } = await runGit(directory, args, { input, deadlineMs });
  return patchIds(history, stdout);
}

type PatchId = readonly [id: string, commit: string];

async function patchIds(
  { directory, deadlineMs }: History,
  input: Uint8Array,
): Promise<readonly PatchId[]> {
  const { stdout } = await runGit(directory, ['patch-id', '--stable'], { input, deadlineMs });
  const lines = stdout.toString('latin1').matchAll(/^([0-9a-f]{40}) ([0-9a-f]{40})$/gm);
  return [...lines].map(([, id = '', commit = '']) => [id, commit] as const);
}
