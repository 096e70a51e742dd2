import { runGit } from '../../sandbox/git.ts';
import { sample } from './random.ts';

/** A commit that somebody made upstream, and might be carried as a patch. */
export interface RealChange {
  readonly commit: string;
  /** Old names and new ones. */
  readonly paths: readonly string[];
  /** `rename`, `delete`, `add`, `mode`, `symlink`, `binary`; a change of lines alone has none. */
  readonly kinds: readonly string[];
}

/** A released version and changes to try on it. */
export interface RealQueue {
  readonly tag: string;
  readonly commit: string;
  /** No two of them touch the same file. */
  readonly changes: readonly RealChange[];
  /** The first that followed on its branch, in their order: each may build upon those before it. */
  readonly stack: readonly RealChange[];
}

interface DatedChange extends RealChange {
  /** Seconds since 1970. */
  readonly date: number;
}

/** Six years: longer than any series is looked after. */
const mostSeconds = 6 * 366 * 24 * 3600;

/** Newest first; enough for the last nine years of nova. */
const mostCommits = 12_000;

/**
 * Chooses changes of a clone for versions of it, by chance: mostly of the version's own branch and right
 * after it, some of other branches, older or of any time, and some that do more than change lines.
 */
export async function chooseQueues(
  clone: string,
  count: number,
  random: () => number,
): Promise<readonly RealQueue[]> {
  const [changes, tags] = await Promise.all([readChanges(clone), readTags(clone)]);
  const byCommit = new Map(changes.map((change) => [change.commit, change]));
  const oldest = Math.max(changes.at(-1)?.date ?? 0, (changes[0]?.date ?? 0) - mostSeconds);
  const known = tags.filter(({ date }) => date > oldest);
  const queues: (RealQueue & { readonly date: number })[] = [];
  for (const tag of sample(known, known.length, random)) {
    if (queues.length === count) break;
    const next = new Set(await commitsAfter(clone, tag.commit));
    // The last one of its branch has little to be tried on it.
    if (next.size < 20) continue;
    const chosen = chooseChanges({ all: changes, tag, next }, random);
    const stack = [...next].slice(0, 8).flatMap((commit) => byCommit.get(commit) ?? []);
    queues.push({ ...tag, changes: chosen, stack });
  }
  // In order of date, because then a work tree has less to change from one to the next.
  return queues.toSorted((x, y) => x.date - y.date);
}

interface Choice {
  /** Newest first. */
  readonly all: readonly DatedChange[];
  readonly tag: DatedTag;
  /** Commits that followed on a branch of the tag. */
  readonly next: ReadonlySet<string>;
}

function chooseChanges({ all, tag, next }: Choice, random: () => number): readonly RealChange[] {
  const found = all.findIndex(({ date }) => date <= tag.date);
  const at = found === -1 ? all.length : found;
  function near(after: number, before: number): readonly DatedChange[] {
    return all.slice(Math.max(at - after, 0), at + before);
  }
  const odd = near(1000, 500).filter(({ kinds }) => kinds.some((kind) => kind !== 'add'));
  const following = all.filter(({ commit }) => next.has(commit));
  return disjoint([
    ...sample(odd, 4, random),
    ...sample(following, 18, random),
    ...sample(near(150, 0), 4, random),
    ...sample(near(0, 80), 2, random),
    ...sample(all, 1, random),
  ]);
}

/** The first of them, on one of the branches that contain the commit. */
async function commitsAfter(clone: string, commit: string): Promise<readonly string[]> {
  const contains = ['for-each-ref', '--format=%(refname)', `--contains=${commit}`, 'refs/heads'];
  const [branch] = (await runGit(['-C', clone, ...contains])).trimEnd().split('\n').toReversed();
  if (branch === undefined || branch === '') return [];
  const range = ['rev-list', '--no-merges', '--reverse', `${commit}..${branch}`];
  return (await runGit(['-C', clone, ...range])).split('\n').slice(0, 100);
}

/** Without those that touch a file of one before them, or a folder where that has a file. */
function disjoint(changes: readonly RealChange[]): readonly RealChange[] {
  const taken: RealChange[] = [];
  for (const change of changes) {
    const others = taken.flatMap(({ paths }) => paths);
    if (!change.paths.some((path) => others.some((other) => overlap(path, other)))) {
      taken.push(change);
    }
  }
  return taken;
}

function overlap(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
}

async function readChanges(clone: string): Promise<readonly DatedChange[]> {
  const log = ['log', '--no-merges', '--branches', `--max-count=${mostCommits}`];
  const raw = ['--format=%x00%x00%H %ct', '--raw', '-M', '--no-abbrev', '-z'];
  const output = await runGit(['-C', clone, ...log, ...raw]);
  const changes = output.split(/\0{2,}/).flatMap((text) => parseChange(text) ?? []);
  return changes.sort((a, b) => b.date - a.date);
}

/** `<commit> <date>`, and then its files. */
function parseChange(text: string): DatedChange | undefined {
  const [, commit = '', date = ''] = /^([0-9a-f]{40}) (\d+)/.exec(text) ?? [];
  const files = parseFiles(text);
  const paths = files.flatMap((file) => file.paths);
  // What a patch may not bring is decided elsewhere.
  const hasGitlink = files.some(({ modes }) => modes.includes('160000'));
  if (paths.length === 0 || paths.length > 200 || hasGitlink) return undefined;
  return { commit, paths, kinds: [...new Set(files.flatMap(kindsOf))], date: Number(date) };
}

interface RawFile {
  /** Before and after; zeros where there is no file. */
  readonly modes: readonly string[];
  readonly letter: string;
  readonly paths: readonly string[];
}

/** `:<mode> <mode> <id> <id> <letter><percent> NUL <path> NUL`, and another path where it is a rename. */
function parseFiles(text: string): readonly RawFile[] {
  const files =
    /:(\d{6}) (\d{6}) [0-9a-f]{40} [0-9a-f]{40} ([A-Z])\d*\0([^\0]+)(?:\0(?!:)([^\0]+))?/g;
  return [...text.matchAll(files)].map(
    ([, before = '', after = '', letter = '', path = '', to]) => ({
      modes: [before, after],
      letter,
      paths: to === undefined ? [path] : [path, to],
    }),
  );
}

const binaryName = /\.(?:png|gif|ico|jpe?g|gz|mo|ttf|woff2?|eot|pdf|tgz|zip|bin|pcap)$/;

function kindsOf({ modes, letter, paths }: RawFile): readonly string[] {
  const byLetter = { R: 'rename', D: 'delete', A: 'add' }[letter];
  const changesMode = !modes.includes('000000') && modes[0] !== modes[1];
  return [
    ...(byLetter === undefined ? [] : [byLetter]),
    ...(changesMode ? ['mode'] : []),
    ...(modes.includes('120000') ? ['symlink'] : []),
    ...(paths.some((path) => binaryName.test(path)) ? ['binary'] : []),
  ];
}

interface DatedTag {
  readonly tag: string;
  readonly commit: string;
  /** Seconds since 1970. */
  readonly date: number;
}

async function readTags(clone: string): Promise<readonly DatedTag[]> {
  const format = '--format=%(refname:strip=2) %(objectname) %(*objectname) %(creatordate:unix)';
  const output = await runGit(['-C', clone, 'for-each-ref', format, 'refs/tags']);
  return output.split('\n').flatMap((line) => {
    const [tag = '', object = '', peeled = '', date = ''] = line.split(' ');
    const isVersion = /^v?\d+\.\d+/.test(tag);
    return isVersion ? [{ tag, commit: peeled || object, date: Number(date) }] : [];
  });
}
