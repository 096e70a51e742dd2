import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { runGitToCode } from '../../sandbox/git.ts';
import type { ApplyFact, PathState } from '../../src/core/model/patch-trial.ts';
import { createPatchTrials } from '../../src/edge/git/patch-trial.ts';
import type { PatchTrials } from '../../src/edge/git/patch-trial.ts';
import { fullCheckout } from './full-checkout.ts';
import type { FullCheckout, PlainApply } from './full-checkout.ts';
import { tryQueue } from './queue-trials.ts';
import type { QueueTrial } from './queue-trials.ts';
import { seededRandom } from './random.ts';
import { chooseQueues } from './real-patches.ts';
import type { RealChange } from './real-patches.ts';

/** One patch on one version, by us and by plain `git apply` on a full checkout. */
export interface ComparedPair {
  /** `nova 31.0.0 <commit>` */
  readonly what: string;
  /** As `RealChange` has them. */
  readonly kinds: readonly string[];
  readonly verdict: string;
  /** Missing where both come to the same. */
  readonly difference?: string;
}

export interface DifferentialRequest {
  readonly component: string;
  readonly clone: string;
  /** For the work tree and for the cache. */
  readonly folder: string;
  readonly versions: number;
  readonly seed: number;
}

/** Tries real patches on real versions of a component, both ways: each alone, and on top of others. */
export async function comparePairs(request: DifferentialRequest): Promise<readonly ComparedPair[]> {
  const { component, clone, folder, versions, seed } = request;
  const trials = createPatchTrials({ cacheDir: join(folder, 'cache'), deadlineMs: 120_000 });
  const queues = await chooseQueues(clone, versions, seededRandom(seed));
  const checkout = await fullCheckout(clone, join(folder, component));
  const pairs: ComparedPair[] = [];
  for (const { tag, commit, changes, stack } of queues) {
    const source = { url: `file://${clone}`, ref: `refs/tags/${tag}`, commit };
    await checkout.checkOut(commit);
    const alone = await compare({ clone, changes, plainly: checkout.apply, trials, source });
    const left = await checkout.status();
    if (left !== '') throw new Error(`the checkout of ${component} ${tag} has ${left}`);
    const plainly = checkout.applyOnTop;
    const onTop = await compare({ clone, changes: stack, plainly, trials, source });
    for (const pair of [...alone, ...untilMerged(onTop)]) {
      pairs.push({ ...pair, what: `${component} ${tag} ${pair.what}` });
    }
  }
  return pairs;
}

interface Comparison {
  readonly clone: string;
  readonly changes: readonly RealChange[];
  readonly plainly: FullCheckout['apply'];
  readonly trials: PatchTrials;
  readonly source: Omit<QueueTrial, 'patches'>;
}

/** All of them as one queue. */
async function compare(comparison: Comparison): Promise<readonly ComparedPair[]> {
  const { clone, changes, plainly, trials, source } = comparison;
  const patches = await Promise.all(changes.map((change) => formatPatch(clone, change)));
  const byGit: PlainApply[] = [];
  for (const patch of patches) byGit.push(await plainly(patch));
  const byUs = await tryAll(trials, source, patches);
  return changes.map(({ commit, kinds }, index) => {
    const [git, ours] = [byGit[index], byUs[index]];
    if (!git || !ours) throw new Error(`there is no verdict on ${commit}`);
    const difference = differenceOf(git, ours);
    return { what: commit, kinds, verdict: ours.verdict, ...(difference && { difference }) };
  });
}

/** After a patch that we merge or that blocks others, git alone stands on something else. */
function untilMerged(pairs: readonly ComparedPair[]): readonly ComparedPair[] {
  const plain = /^(?:applies|already-upstream)/;
  const end = pairs.findIndex(({ verdict }) => !plain.test(verdict));
  return end === -1 ? pairs : pairs.slice(0, end + 1);
}

async function formatPatch(clone: string, { commit }: RealChange): Promise<Buffer> {
  const args = ['-C', clone, 'format-patch', '-1', '--stdout', commit];
  return (await runGitToCode(args)).stdout;
}

async function tryAll(
  trials: PatchTrials,
  source: Omit<QueueTrial, 'patches'>,
  patches: readonly Uint8Array[],
): Promise<readonly Ours[]> {
  if (patches.length === 0) return [];
  const facts = new Map<string, ApplyFact>();
  const named = patches.map((patch, index) => [`${100 + index}.patch`, patch] as const);
  const queue = { ...source, patches: Object.fromEntries(named) };
  const verdicts = await tryQueue(watched(trials, facts), queue);
  return verdicts.map(({ verdict }, index) => {
    const fact = facts.get(hashOf(patches[index] ?? new Uint8Array()));
    return { verdict, changes: fact?.ok === true ? asMap(fact.changes) : new Map() };
  });
}

interface Ours {
  readonly verdict: string;
  /** What is different afterwards; as `PlainApply` has it. */
  readonly changes: ReadonlyMap<string, string>;
}

/** The very trials; what an apply came to is kept by the patch. */
function watched(trials: PatchTrials, facts: Map<string, ApplyFact>): PatchTrials {
  return {
    ...trials,
    open: async (target) => {
      const source = await trials.open(target);
      return {
        ...source,
        apply: async (patch) => {
          const fact = await source.apply(patch);
          facts.set(hashOf(patch.bytes), fact);
          return fact;
        },
      };
    },
  };
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

const octal = { file: '100644', executable: '100755', symlink: '120000', gitlink: '160000' };

function asMap(changes: readonly PathState[]): ReadonlyMap<string, string> {
  return new Map(
    changes.map(({ path, blob, mode }) => {
      return [path, blob === undefined || !mode ? 'gone' : `${octal[mode]} ${blob}`];
    }),
  );
}

function differenceOf(git: PlainApply, { verdict, changes }: Ours): string | undefined {
  // A patch that git takes without changing anything, such as a mode that is there already.
  const applied = git.ok && git.changes.size > 0;
  const expected = git.moved ? 'applies-with-offset' : 'applies';
  const weApply = verdict === 'applies' || verdict === 'applies-with-offset';
  if (applied !== weApply || (applied && verdict !== expected)) {
    return `${verdict}, but git ${applied ? `says ${expected}` : 'does not apply it'}`;
  }
  if (!applied) return undefined;
  const paths = new Set([...git.changes.keys(), ...changes.keys()]);
  const other = [...paths].filter((path) => git.changes.get(path) !== changes.get(path));
  return other.length === 0 ? undefined : `another result for ${other.join(', ')}`;
}
