import { runGit } from './git.ts';
import type { LineView } from './line-view.ts';
import { readObjects } from './objects.ts';
import { entriesAt, entriesSurelyAt } from './path-entries.ts';
import { readPathLog } from './path-log.ts';
import type { PathChange } from './path-log.ts';
import { firstPreImages } from './pre-images.ts';
import { commitsOf, keepsContent, patchPaths } from './trial-patch.ts';
import type { TrialPatch } from './trial-patch.ts';

/** Where a patch was made, as far as one of its files is concerned. */
export interface FileBase {
  /** Of the file before the patch. */
  readonly blob: string;
  /** A commit that has it, the newest that is known; git resolves it. */
  readonly commit: string;
  /** True where the source contains that commit. */
  readonly inSource: boolean;
}

/** A source, what its history says of the paths of a patch, and where the patch was made. */
export interface PathPast {
  readonly view: LineView;
  readonly source: string;
  /** Blobs of the source. */
  readonly here: ReadonlyMap<string, string>;
  /** Changes of the paths in the source's history, newest first. */
  readonly log: readonly PathChange[];
  /** By path; those that cannot be told are missing. */
  readonly bases: ReadonlyMap<string, FileBase>;
}

/** A patch, and the commit it is tried on. */
export interface BaseQuestion {
  readonly patch: TrialPatch;
  readonly source: string;
}

/**
 * Finds the base of each file that the patch changes: in the source's own history where it can be, else before
 * the commits that the patch names, else wherever a tag has it. `undefined` where more of the history may know.
 */
export async function withBases<T>(
  view: LineView,
  question: BaseQuestion,
  work: (past: PathPast) => Promise<T>,
): Promise<T | undefined> {
  const { patch, source } = question;
  const paths = patchPaths(patch);
  const entries = await entriesSurelyAt(view, source, paths);
  const here = new Map([...entries].map(([path, { object }]) => [path, object] as const));
  const log = await readPathLog(view, { revisions: [source], paths });
  const past = { view, source, here, log };
  const wanted = wantedOf(patch);
  const bases = new Map<string, FileBase>();
  for (const [path, start] of wanted) {
    const base = start === undefined ? undefined : baseInSource(past, path, start);
    if (base) bases.set(path, base);
  }
  return search({ ...past, bases }, { wanted, commits: commitsOf(patch) }, work);
}

/** Pre-images by path, abbreviated; `undefined` for a section that keeps the content, where any will do. */
type Wanted = ReadonlyMap<string, string | undefined>;

/** Without those of which the patch says nothing. */
function wantedOf({ files }: TrialPatch): Wanted {
  const all = [...firstPreImages(files)];
  return new Map(
    all.filter(([path, start]) => {
      const file = files.find(({ oldPath }) => oldPath === path);
      return start !== undefined || (file !== undefined && keepsContent(file));
    }),
  );
}

interface Search {
  readonly wanted: Wanted;
  /** Where the patch may have been made, still to be looked at. */
  readonly commits: readonly string[];
}

async function search<T>(
  past: PathPast,
  { wanted, commits }: Search,
  work: (past: PathPast) => Promise<T>,
): Promise<T | undefined> {
  const { view } = past;
  const lost = new Map([...wanted].filter(([path]) => !past.bases.has(path)));
  if (lost.size === 0) return (await isConnected(past)) ? work(past) : undefined;
  const [commit, ...rest] = commits;
  if (commit === undefined) {
    return view.hasTags ? work(await withAnywhere(past, lost)) : undefined;
  }
  const inner = await view.including(commit, async (wider) => {
    const before = await basesBefore(wider, commit, lost);
    const known = { ...past, view: wider, bases: new Map([...past.bases, ...before]) };
    return { answer: await search(known, { wanted, commits: rest }, work) };
  });
  return inner ? inner.answer : search(past, { wanted, commits: rest }, work);
}

/** False where the part does not go back to where the ways to the source and to the patch's base parted. */
async function isConnected({ view, source, bases }: PathPast): Promise<boolean> {
  if (view.hasTags) return true;
  const others = [...bases.values()].filter(({ inSource }) => !inSource);
  for (const commit of new Set(others.map((base) => base.commit))) {
    const { directory, deadlineMs } = view;
    const args = ['merge-base', source, commit];
    const { code } = await runGit(directory, args, { accept: [1], deadlineMs });
    if (code !== 0) return false;
  }
  return true;
}

/** Four is the shortest that git writes. */
function isBlob(blob: string | undefined, start: string): blob is string {
  return blob !== undefined && start.length >= 4 && blob.startsWith(start);
}

function baseInSource(
  { here, log, source }: Omit<PathPast, 'bases'>,
  path: string,
  start: string,
): FileBase | undefined {
  const blob = here.get(path);
  if (isBlob(blob, start)) return { blob, commit: source, inSource: true };
  const base = baseInLog(log, path, start);
  return base && { ...base, inSource: true };
}

function baseInLog(
  log: readonly PathChange[],
  path: string,
  start: string,
): Omit<FileBase, 'inSource'> | undefined {
  for (const change of log.filter((one) => one.path === path)) {
    const { commit, before, after } = change;
    if (isBlob(after, start)) return { blob: after, commit };
    if (isBlob(before, start)) return { blob: before, commit: `${commit}^` };
  }
  return undefined;
}

async function basesBefore(
  view: LineView,
  commit: string,
  wanted: Wanted,
): Promise<ReadonlyMap<string, FileBase>> {
  const before = await parentOf(view, commit);
  // What stands at the border of the part: nobody knows here what came after it.
  if (before === undefined || view.without.includes(`^${before}`)) return new Map();
  const entries = await entriesAt(view, before, [...wanted.keys()]);
  return new Map(
    [...wanted].flatMap(([path, start]) => {
      const blob = entries?.get(path)?.object;
      const isIt = blob !== undefined && (start === undefined || isBlob(blob, start));
      return isIt ? [[path, { blob, commit: before, inSource: false }] as const] : [];
    }),
  );
}

async function parentOf(view: LineView, commit: string): Promise<string | undefined> {
  const text = (await readObjects(view, [commit])).get(commit)?.bytes.toString('latin1') ?? '';
  return /^tree .*\nparent ([0-9a-f]{40})\n/.exec(text)?.[1];
}

async function withAnywhere(past: PathPast, lost: Wanted): Promise<PathPast> {
  const paths = [...lost.keys()];
  const log = await readPathLog(past.view, { revisions: ['--all'], paths });
  const found = [...lost].flatMap(([path, start]) => {
    const base = start === undefined ? undefined : baseInLog(log, path, start);
    return base ? [[path, { ...base, inSource: false }] as const] : [];
  });
  return { ...past, bases: new Map([...past.bases, ...found]) };
}
