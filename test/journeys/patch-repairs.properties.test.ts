import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewCommit } from '../../sandbox/fast-import.ts';
import { runGit } from '../../sandbox/git.ts';
import { makeUpstream } from '../../sandbox/upstreams.ts';
import { readQueues } from '../../src/core/formats/catalog-patches.ts';
import type { JudgedQueue } from '../../src/core/model/patch-verdict.ts';
import { counts } from '../../src/core/decide/patch-queue.ts';
import { createPatchTrials } from '../../src/edge/git/patch-trial.ts';
import { tryQueues } from '../../src/journeys/shared/patch-queues.ts';
import { afterSteps, filesBetween, firstTree, someSteps } from '../support/random-queues.ts';
import type { Step } from '../support/random-queues.ts';
import { snapshotOf } from '../support/snapshot.ts';

/** A run takes a second. */
const numRuns = Number(process.env['REPAIR_RUNS'] ?? 8);

let dir = '';
let runs = 0;
beforeAll(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'pinwheel-repairs-')));
});
afterAll(() => rm(dir, { recursive: true }));

type Patches = ReadonlyMap<string, Uint8Array>;

interface Case {
  readonly bare: string;
  readonly commit: string;
  readonly patches: Patches;
}

const folder = 'patches/nova/2025.2';

/** A queue that was made on one commit, and another commit that it is to fit. */
async function makeCase(queue: readonly (readonly Step[])[], ours: readonly Step[]): Promise<Case> {
  const bare = join(dir, `case-${++runs}`);
  let tree = firstTree;
  const carried = queue.map((steps, index): NewCommit => {
    const next = afterSteps(tree, steps);
    const files = filesBetween(tree, next);
    tree = next;
    return { message: `Carried ${index}\n\nWith a word.`, files };
  });
  const { commits } = await makeUpstream(bare, {
    branches: [
      {
        name: 'base',
        commits: [{ message: 'Base', label: 'base', files: Object.fromEntries(firstTree) }],
      },
      { name: 'carried', from: 'base', commits: carried },
      {
        name: 'ours',
        from: 'base',
        commits: [
          {
            message: 'Ours',
            label: 'ours',
            files: filesBetween(firstTree, afterSteps(firstTree, ours)),
          },
        ],
      },
    ],
  });
  const out = join(dir, `queue-${runs}`);
  const range = `${commits.get('base') ?? ''}..carried`;
  const args = ['format-patch', '-q', '--binary', '-C', '--find-copies-harder', '-o', out, range];
  await runGit(['-C', bare, ...args]);
  const listed = (await runGit(['-C', bare, 'log', '--reverse', '--format=%f', range])).trim();
  const patches = new Map<string, Uint8Array>();
  for (const [index, subject] of listed.split('\n').entries()) {
    const name = `${String(index + 1).padStart(4, '0')}-${subject}.patch`;
    patches.set(`${folder}/${name}`, await readFile(join(out, name)));
  }
  return { bare, commit: commits.get('ours') ?? '', patches };
}

async function tryCase({ bare, commit, patches }: Case): Promise<JudgedQueue> {
  const trials = createPatchTrials({ cacheDir: join(dir, 'cache'), deadlineMs: 20_000 });
  const files = [...patches].map(([path, bytes]) => [path, { mode: 'file', bytes }] as const);
  const snapshot = snapshotOf(Object.fromEntries(files));
  const queue = readQueues(snapshot).value.get('2025.2')?.get('nova');
  const source = { url: `file://${bare}`, ref: 'refs/heads/ours', commit };
  const targets = queue ? [{ queue, source, ref: 'ours' }] : [];
  const { queues, failed } = await tryQueues({ trials, snapshot }, targets, { repair: true });
  expect(failed).toEqual([]);
  return queues[0] ?? { component: '', series: '', ref: '', commit, verdicts: [], repairs: [] };
}

function repaired(patches: Patches, { repairs = [] }: JudgedQueue): Patches {
  const after = new Map(patches);
  for (const repair of repairs) {
    if (repair.kind === 'drop') after.delete(repair.path);
    else after.set(repair.path, repair.bytes);
  }
  return after;
}

/** Above the diff and below it. */
function around(bytes: Uint8Array): readonly string[] {
  const text = Buffer.from(bytes).toString('latin1');
  return [text.slice(0, text.indexOf('\ndiff --git ')), text.slice(text.lastIndexOf('\n-- \n'))];
}

/** Trees that git comes to in a full checkout, after each patch that counts. */
async function applyByGit(
  made: Case,
  { verdicts }: JudgedQueue,
): Promise<ReadonlyMap<string, string>> {
  const tree = join(dir, `tree-${runs}`);
  await runGit(['clone', '-q', '--shared', '--no-checkout', made.bare, tree]);
  await runGit(['-C', tree, 'checkout', '-q', '--detach', made.commit]);
  const trees = new Map<string, string>();
  for (const { path, verdict } of verdicts.filter((one) => counts(one.verdict))) {
    const patch = made.patches.get(path);
    if (verdict === 'refreshable') await mergeByGit(tree, patch);
    else await runGit(['-C', tree, 'apply', '--index'], patch);
    await runGit(['-C', tree, 'commit', '-q', '--allow-empty', '-m', path]);
    trees.set(path, await runGit(['-C', tree, 'rev-parse', 'HEAD^{tree}']));
  }
  await rm(tree, { recursive: true });
  return trees;
}

/** Each of the two gives up on something that the other one merges, such as a file that both delete. */
async function mergeByGit(tree: string, patch: Uint8Array | undefined): Promise<void> {
  try {
    await runGit(['-C', tree, 'apply', '--index', '--3way'], patch);
  } catch {
    await runGit(['-C', tree, 'reset', '-q', '--hard']);
    await runGit(['-C', tree, 'am', '-q', '-3', '--keep-cr'], patch);
  }
}

describe('the repair of any queue', () => {
  it(
    'leaves patches that git applies in order to what it merged, and nothing to repair',
    { timeout: numRuns * 15_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(someSteps, { minLength: 1, maxLength: 4 }),
          someSteps,
          fc.option(fc.nat(3)),
          async (queue, own, merged) => {
            const theirs = merged === null ? [] : (queue[merged] ?? []);
            const made = await makeCase(queue, [...own, ...theirs]);
            const judged = await tryCase(made);
            const after = repaired(made.patches, judged);
            const again = await tryCase({ ...made, patches: after });
            expect(again.repairs).toEqual([]);
            const open = judged.verdicts.filter(
              ({ verdict, path }) => verdict === 'refreshable' && !isRepaired(path, judged),
            );
            expect(open).toEqual([]);
            const byGit = await applyByGit({ ...made, patches: after }, again);
            for (const [path, tree] of await applyByGit(made, judged)) {
              expect(byGit.get(path)).toBe(tree);
            }
            for (const { path, verdict } of again.verdicts) {
              const old = judged.verdicts.find((one) => one.path === path);
              if (isRepaired(path, judged)) expect(verdict).toBe('applies');
              else expect(verdict).toBe(old?.verdict);
              expect(around(after.get(path)!)).toEqual(around(made.patches.get(path)!));
            }
          },
        ),
        { numRuns },
      );
    },
  );
});

function isRepaired(path: string, { repairs = [] }: JudgedQueue): boolean {
  return repairs.some((repair) => repair.path === path);
}
