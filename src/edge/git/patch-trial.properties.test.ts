import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTrialPatch } from '../../../test/support/trial-patches.ts';
import type { FileContent } from '../../../sandbox/fast-import.ts';
import { runGit } from '../../../sandbox/git.ts';
import { makeUpstream } from '../../../sandbox/upstreams.ts';
import type { PathState } from '../../core/model/patch-trial.ts';
import { createPatchTrials } from './patch-trial.ts';
import { patchPaths } from './trial-patch.ts';

let dir = '';
let runs = 0;
beforeAll(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'pinwheel-trials-')));
});
afterAll(() => rm(dir, { recursive: true }));

type Files = Readonly<Record<string, FileContent | null>>;

const names = ['a', 'b', 'd/c'];
const start = names.map((name) => Array.from({ length: 14 }, (_, i) => `${name} ${i}`));

/** What happens to a file: lines replaced, removed or added, another mode, another name, or its end. */
const change = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ kind: 'keep' as const }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('edit' as const),
      at: fc.nat(13),
      drop: fc.nat(2),
      lines: fc.array(fc.constantFrom('x', 'y', 'z'), { maxLength: 2 }),
    }),
  },
  fc.constantFrom(
    { kind: 'delete' as const },
    { kind: 'rename' as const },
    { kind: 'executable' as const },
  ),
);
const changes = fc.record({
  files: fc.tuple(change, change, change),
  added: fc.option(fc.constantFrom('one\n', 'two\n')),
});
type Changes = typeof changes extends fc.Arbitrary<infer T> ? T : never;

function changed({ files, added }: Changes): Files {
  const result: Record<string, FileContent | null> = {};
  for (const [index, what] of files.entries()) {
    const [name = '', lines = []] = [names[index], start[index]];
    const text = lines.map((line) => `${line}\n`).join('');
    if (what.kind === 'delete' || what.kind === 'rename') result[name] = null;
    if (what.kind === 'rename') result[`${name}-moved`] = text;
    if (what.kind === 'executable') result[name] = { mode: 'executable', content: text };
    if (what.kind === 'edit') {
      const edited = lines.toSpliced(what.at, what.drop, ...what.lines);
      result[name] = edited.map((line) => `${line}\n`).join('');
    }
  }
  return added === null ? result : { ...result, new: added };
}

async function makeCase(theirs: Changes, ours: Changes) {
  const bare = join(dir, `case-${++runs}`);
  const base = Object.fromEntries(
    names.map((name, index) => [name, (start[index] ?? []).map((line) => `${line}\n`).join('')]),
  );
  const { commits } = await makeUpstream(bare, {
    branches: [
      {
        name: 'base',
        commits: [{ message: 'Base', label: 'base', files: { ...base, far: 'f\n' } }],
      },
      {
        name: 'theirs',
        from: 'base',
        commits: [{ message: 'T', label: 't', files: changed(theirs) }],
      },
      { name: 'ours', from: 'base', commits: [{ message: 'O', label: 'o', files: changed(ours) }] },
    ],
  });
  function id(label: string): string {
    return commits.get(label) ?? '';
  }
  const mail = await runGit(['-C', bare, 'format-patch', '-1', '--stdout', id('t')]);
  const tree = join(dir, `tree-${runs}`);
  await runGit(['clone', '-q', '--shared', '--no-checkout', bare, tree]);
  return { bare, tree, ours: id('o'), patch: Buffer.from(mail) };
}

/** Entries of the index that git leaves in a full checkout; `undefined` where it gives up. */
async function byGit(
  tree: string,
  commit: string,
  { args, patch }: { readonly args: readonly string[]; readonly patch: Buffer },
): Promise<string | undefined> {
  await runGit(['-C', tree, 'checkout', '-q', '-f', '--detach', commit]);
  try {
    await runGit(['-C', tree, ...args], patch);
    return await runGit(['-C', tree, 'ls-files', '-s']);
  } catch {
    return undefined;
  } finally {
    if (args[0] === 'am') await runGit(['-C', tree, 'am', '--abort']).catch(() => '');
    await runGit(['-C', tree, 'reset', '-q', '--hard', commit]);
    await runGit(['-C', tree, 'clean', '-q', '-f', '-d']);
  }
}

/** The same listing, from the source's own and what a trial says has changed. */
async function after(tree: string, commit: string, changed: readonly PathState[]): Promise<string> {
  const listing = await runGit(['-C', tree, 'ls-tree', '-r', commit]);
  const lines = new Map(
    listing
      .trimEnd()
      .split('\n')
      .map((line) => [line.split('\t')[1] ?? '', line.replace(/ blob (\w+)/, ' $1 0')] as const),
  );
  for (const { path, blob, mode } of changed) {
    const octal = mode === 'executable' ? '100755' : '100644';
    if (blob === undefined) lines.delete(path);
    else lines.set(path, `${octal} ${blob} 0\t${path}`);
  }
  const sorted = [...lines].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([, line]) => `${line}\n`).join('');
}

describe('a trial on any small tree', () => {
  it('comes to what git comes to in a full checkout', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(changes, changes, async (theirs, ours) => {
        const { bare, tree, ours: commit, patch } = await makeCase(theirs, ours);
        const tried = readTrialPatch(patch);
        if (tried.files.length === 0) return;
        const trials = createPatchTrials({ cacheDir: join(dir, 'cache'), deadlineMs: 20_000 });
        const url = `file://${bare}`;
        const paths = patchPaths(tried);
        const source = await trials.open({ url, ref: 'refs/heads/ours', commit, paths });
        for (const reverse of [false, true]) {
          const fact = await (reverse ? source.reverse(tried) : source.apply(tried));
          const args = ['apply', '--index', ...(reverse ? ['--reverse'] : [])];
          const git = await byGit(tree, commit, { args, patch });
          expect(fact.ok ? await after(tree, commit, fact.changes) : undefined).toBe(git);
        }
        const fact = await source.threeWay(tried);
        await source.close();
        const merged =
          fact.kind === 'clean' ? fact.changes : fact.kind === 'no-op' ? [] : undefined;
        const mine = merged && (await after(tree, commit, merged));
        const am = await byGit(tree, commit, { args: ['am', '-q', '-3'], patch });
        const applied = await byGit(tree, commit, { args: ['apply', '--3way'], patch });
        // Each of the two gives up on something that the other one merges.
        if (mine === undefined) expect(applied).toBeUndefined();
        else expect([am, applied]).toContain(mine);
        if (mine !== undefined && applied !== undefined) expect(mine).toBe(applied);
      }),
      { numRuns: Number(process.env['TRIAL_RUNS'] ?? 20) },
    );
  });
});
