import { refText } from '../model/source-ref.ts';
import type { Held, HeldReason, Move, MoveReason } from '../model/update.ts';

/** What a reason's words may name beside the reason itself. */
interface About {
  readonly pinned: string;
  readonly series: string;
  /** The version that is not taken; `''` where there is none. */
  readonly newer: string;
}

/** One entry a kind, so that a new reason without words does not compile. */
type Words<Reason extends { readonly kind: string }> = {
  readonly [Kind in Reason['kind']]: (
    why: Extract<Reason, { readonly kind: Kind }>,
    about: About,
  ) => string;
};

const moveWords: Words<MoveReason> = {
  newest: ({ series, wrongSeries }, { pinned }) =>
    wrongSeries
      ? `${pinned} belongs to ${list(wrongSeries)}; this is the newest release of ${series}`
      : `newest release of ${series}`,
  'newest-of-line': ({ line }) => `newest release of line ${line}`,
  'branch-head': ({ branch }) => `head of ${branch}`,
  'branch-renamed': ({ branch, successor }) => `upstream renamed ${branch} to ${successor}`,
  'branch-retired': ({ branch, successor }) =>
    `upstream ended ${branch}; ${successor} marks its last commit`,
};

const heldWords: Words<HeldReason> = {
  newest: ({ status }, { series }) =>
    status === 'unmaintained' || status === 'eol'
      ? `newest release of ${series}, which is ${status}: later fixes get no tag, only a branch or commit pin has them`
      : `newest release of ${series}`,
  'newest-of-line': ({ line }) => `newest release of line ${line}`,
  ignored: ({ until, because }) =>
    `ignored${until === undefined ? '' : ` until ${until}`} by the policy: ${because}`,
  prerelease: ({ status }, { newer, series }) =>
    `${newer} is a pre-release, and ${series} is ${status}`,
  'not-tagged': ({ seriesName }, { newer }) =>
    `${newer} is listed for ${seriesName} and has no tag yet`,
  'other-series': ({ belongsTo }, { newer, series }) =>
    `${newer} belongs to ${list(belongsTo)}, not to ${series}`,
  'wrong-series': wrongSeriesWords,
  'series-disagrees': ({ listed, tagSays }, { newer }) =>
    `${newer} is listed for ${listed}, and its tag says ${tagSays}`,
  'commit-differs': ({ listed, tagged }, { newer }) =>
    `${newer} is listed at ${short(listed)}, and its tag points to ${short(tagged)}`,
  unverified: ({ problem }, { newer }) => `${newer} could not be verified: ${problem}`,
  unreachable: ({ problem }) => `upstream could not be asked: ${problem}`,
  'unknown-component': ({ nearest }) =>
    `no upstream has a repository of that name${nearest === undefined ? '' : `; did you mean ${nearest}?`}`,
  'unknown-series': (_, { series }) => `openstack/releases knows no series ${series}`,
  'no-deliverable': ({ branch }, { series }) =>
    `no deliverable lists it for ${series}, and it has no branch ${branch}`,
  'no-version': ({ seriesName }) => `${seriesName} lists no release of it yet`,
  'history-unread': ({ problem }) => `its history could not be read: ${problem}`,
  'at-head': ({ branch }) => `at the head of ${branch}`,
  follows: followWords,
  'branch-gone': ({ branch, looked }) =>
    `upstream has no branch ${branch}${looked.length > 0 ? `, nor ${list(looked)}` : ''}`,
  'end-of-life': ({ series }) => `marks the end of ${series}: nothing follows it`,
  'not-a-version': () => 'names no version, so there is no newer one',
};

/** One line for one move: by which rule it is the right one. */
export function moveReason({ pin, why }: Move): string {
  return say(moveWords, why, { pinned: refText(pin.ref), series: pin.series, newer: '' });
}

/** One line for one thing that does not move, naming what would have to change. */
export function heldReason({ pin, version, why }: Held): string {
  const about = { pinned: refText(pin.ref), series: pin.series, newer: version ?? '' };
  return say(heldWords, why, about);
}

/** TypeScript cannot see that `why.kind` picks the very entry that takes `why`. */
function say<Reason extends { readonly kind: string }>(
  words: Words<Reason>,
  why: Reason,
  about: About,
): string {
  const entry = words[why.kind as Reason['kind']] as (why: Reason, about: About) => string;
  return entry(why, about);
}

function wrongSeriesWords(
  { belongsTo, newest }: Extract<HeldReason, { kind: 'wrong-series' }>,
  { pinned, series }: About,
): string {
  const owner =
    belongsTo.length > 0
      ? `${pinned} belongs to ${list(belongsTo)}, not to ${series}`
      : `${pinned} is not listed for ${series}`;
  if (newest === undefined) return owner;
  return `${owner}; the newest of ${series} is ${newest}, which is older`;
}

function followWords({ branch, head, locked }: Extract<HeldReason, { kind: 'follows' }>): string {
  if (locked === head) return `follows ${branch}, locked at its head ${short(head)}`;
  const from = locked === undefined ? 'not locked yet' : `locked at ${short(locked)}`;
  return `follows ${branch}, ${from}, head is ${short(head)}: pinwheel lock takes it`;
}

function list(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}

function short(commit: string): string {
  return commit.slice(0, 8);
}

/** A commit is short, a tag or branch is what it is. */
export function shortRef(ref: string): string {
  return /^[0-9a-f]{40}$/.test(ref) ? short(ref) : ref;
}
