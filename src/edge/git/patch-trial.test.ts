import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTrialPatch } from '../../../test/support/trial-patches.ts';
import type { NewCommit } from '../../../sandbox/fast-import.ts';
import { serveGit } from '../../../sandbox/git-http.ts';
import type { GitServer } from '../../../sandbox/git-http.ts';
import { runGit } from '../../../sandbox/git.ts';
import { extendUpstream, makeUpstream } from '../../../sandbox/upstreams.ts';
import { createPatchTrials } from './patch-trial.ts';
import type { TrialSource } from './patch-trial.ts';
import { patchPaths } from './trial-patch.ts';
import type { TrialPatch } from './trial-patch.ts';

function lines(mark: string): string {
  return Array.from(
    { length: 30 },
    (_, index) => `${index === 14 ? mark : `line ${index}`}\n`,
  ).join('');
}

function changeId(digit: string): string {
  return `I${digit.repeat(40)}`;
}

const history: readonly NewCommit[] = [
  { message: 'Start', label: 'start', files: { f: lines('old'), other: 'other\n', noise: 'n\n' } },
  { message: `Fix\n\nChange-Id: ${changeId('a')}`, label: 'fix', files: { f: lines('new') } },
  { message: 'Move', label: 'move', files: { f: `top\n${lines('new')}` } },
  { message: 'Again', label: 'again', files: { f: `top\n${lines('newer')}` } },
];

let dir = '';
let server: GitServer;
let commits = new Map<string, string>();
let caches = 0;

beforeAll(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'pinwheel-trial-')));
  const upstream = await makeUpstream(join(dir, 'nova'), {
    branches: [{ name: 'master', commits: history }],
    tags: [
      { name: '1.0.0', target: 'start', message: 'one\n' },
      { name: '1.1.0.0rc1', target: 'fix', message: 'two\n' },
      { name: '2.0.0', target: 'again', message: 'three\n' },
    ],
  });
  commits = new Map(upstream.commits);
  server = await serveGit(dir);
});
afterAll(async () => {
  await server.close();
  await rm(dir, { recursive: true });
});

async function patchOf(label: string, where = 'nova'): Promise<TrialPatch> {
  const commit = commits.get(label) ?? label;
  const text = await runGit(['-C', join(dir, where), 'format-patch', '-1', '--stdout', commit]);
  return readTrialPatch(Buffer.from(text));
}

function open(
  label: string,
  patches: readonly TrialPatch[],
  cacheDir = join(dir, `cache-${++caches}`),
): Promise<TrialSource> {
  return createPatchTrials({ cacheDir, deadlineMs: 20_000 }).open({
    url: `${server.url}/nova`,
    ref: 'refs/heads/master',
    commit: commits.get(label) ?? label,
    paths: patches.flatMap(patchPaths),
  });
}

describe('a patch on a source', () => {
  it('applies, and the next one on what it left', async () => {
    const patches = [await patchOf('fix'), await patchOf('move')];
    const source = await open('start', patches);
    const first = await source.apply(patches[0]!);
    expect(first).toMatchObject({ ok: true, offsets: [], changes: [{ path: 'f', mode: 'file' }] });
    expect(await source.apply(patches[0]!)).toEqual(first);
    source.advance(first.ok ? first.changes : []);
    expect(await source.apply(patches[0]!)).toMatchObject({ ok: false });
    const second = await source.apply(patches[1]!);
    expect(second).toMatchObject({ ok: true });
    source.advance(second.ok ? second.changes : []);
    const blob = await runGit(['-C', join(dir, 'nova'), 'rev-parse', `${commits.get('move')}:f`]);
    expect(source.states(['f', 'nowhere'])).toEqual([
      { path: 'f', blob: blob.trim(), mode: 'file' },
      { path: 'nowhere' },
    ]);
    await source.close();
  });

  it('says by how much git moved a hunk, and where one did not fit', async () => {
    const fix = await patchOf('fix');
    const source = await open('again', [fix]);
    expect(await source.apply(fix)).toEqual({
      ok: false,
      failures: [{ path: 'f', line: 12, why: 'patch does not apply' }],
    });
    expect(await source.reverse(fix)).toMatchObject({ ok: false });
    const moved = await open('move', [fix]);
    expect(await moved.reverse(fix)).toMatchObject({
      ok: true,
      offsets: [{ path: 'f', hunk: 1, lines: 1 }],
    });
    await Promise.all([source.close(), moved.close()]);
  });

  it('asks the server three times at first, and nothing when the memo knows', async () => {
    const fix = await patchOf('fix');
    const cacheDir = join(dir, 'cache-memo');
    const before = server.requests.length;
    const source = await open('start', [fix], cacheDir);
    const fact = await source.apply(fix);
    await source.close();
    const asked = server.requests.length - before;
    expect(asked).toBeLessThanOrEqual(5);
    const again = await open('start', [fix], cacheDir);
    expect(await again.apply(fix)).toEqual(fact);
    again.advance(fact.ok ? fact.changes : []);
    expect(server.requests.length - before).toBe(asked);
    // What the memo knew is made once more where git has to go on from there.
    expect(await again.reverse(fix)).toMatchObject({ ok: true });
    expect(await again.apply(await patchOf('move'))).toMatchObject({ ok: true });
    await again.close();
    const left = await readdir(join(cacheDir, 'git'));
    expect(left.filter((name) => name.startsWith('scratch-'))).toEqual([]);
  });

  it('merges from the blobs that the patch was made for', async () => {
    const { commits: more } = await extendUpstream(join(dir, 'nova'), {
      branches: [
        {
          name: 'stable',
          from: commits.get('start') ?? '',
          commits: [
            {
              message: 'Near',
              label: 'near',
              files: { f: lines('old').replace('line 17', 'near') },
            },
          ],
        },
      ],
    });
    commits = new Map([...commits, ...more]);
    const fix = await patchOf('fix');
    const source = await open('near', [fix]);
    expect(await source.apply(fix)).toMatchObject({ ok: false });
    const fact = await source.threeWay(fix);
    expect(fact).toMatchObject({ kind: 'clean', changes: [{ path: 'f' }] });
    const blob = fact.kind === 'clean' ? (fact.changes[0]?.blob ?? '') : '';
    const text = (await source.readBlobs([blob])).get(blob);
    expect(Buffer.from(text ?? []).toString()).toBe(lines('new').replace('line 17', 'near'));
    const lost = Buffer.from(fix.bytes)
      .toString()
      .replace(/^index [0-9a-f]{7}/m, 'index 1234567');
    expect(await source.threeWay(readTrialPatch(Buffer.from(lost)))).toEqual({
      kind: 'base-unknown',
      blobs: ['1234567'],
    });
    await source.close();
  });
});

describe('a server that gives less than it is asked for', () => {
  it.each([{ onlyVersion0: false }, { onlyVersion0: true }])(
    'takes no filter and no ids: %j',
    async (options) => {
      const strict = join(dir, `strict-${options.onlyVersion0}`);
      await runGit(['clone', '-q', '--bare', join(dir, 'nova'), strict]);
      await runGit(['-C', strict, 'config', 'uploadpack.allowFilter', 'false']);
      const poor = await serveGit(dir, options);
      const fix = await patchOf('fix');
      const cacheDir = join(dir, `cache-${++caches}`);
      const source = await createPatchTrials({ cacheDir, deadlineMs: 20_000 }).open({
        url: `${poor.url}/strict-${options.onlyVersion0}`,
        ref: 'refs/heads/master',
        commit: commits.get('move') ?? '',
        paths: patchPaths(fix),
      });
      expect(await source.reverse(fix)).toMatchObject({ ok: true });
      expect(await source.threeWay(fix)).toEqual({ kind: 'no-op' });
      expect(await source.history(fix)).toMatchObject([{ by: 'ancestor', subject: 'Fix' }]);
      await source.close();
      await poor.close();
    },
  );
});

describe('the history of a source', () => {
  async function find(target: string, patch: TrialPatch) {
    const source = await open(target, [patch]);
    const found = await source.history(patch);
    await source.close();
    return found;
  }

  it('knows the commit itself, its Change-Id as a trailer, and its diff', async () => {
    const fix = await patchOf('fix');
    const commit = commits.get('fix');
    const is = { commit, subject: 'Fix', firstTag: '1.1.0.0rc1' };
    expect(await find('again', fix)).toEqual([{ by: 'ancestor', ...is }]);
    const named = { ...fix, header: { changeId: changeId('a'), cherryPickedFrom: [] } };
    expect(await find('again', named)).toEqual([{ by: 'change-id', ...is }]);
    const nameless = { ...fix, header: { cherryPickedFrom: [] } };
    expect(await find('again', nameless)).toEqual([{ by: 'patch-id', ...is }]);
    expect(await find('start', fix)).toEqual([]);
  });

  it('does not take a message that speaks of a change for the change, and knows reverts of reverts', async () => {
    const { commits: more } = await extendUpstream(join(dir, 'nova'), {
      branches: [
        {
          name: 'reverting',
          from: commits.get('again') ?? '',
          commits: [
            {
              message: `Prose\n\nChange-Id: ${changeId('b')}\nwas rejected.\n\nChange-Id: ${changeId('c')}`,
              label: 'prose',
              files: { other: 'prose\n' },
            },
            {
              message: `Revert "Fix"\n\nThis reverts commit ${commits.get('fix') ?? ''}.`,
              label: 'revert',
              files: { other: 'x\n' },
            },
          ],
        },
      ],
    });
    commits = new Map([...commits, ...more]);
    const fix = await patchOf('fix');
    const rejected = { ...fix, header: { changeId: changeId('b'), cherryPickedFrom: [] } };
    const other = { ...rejected, files: [] };
    expect(await find('revert', other)).toEqual([]);
    expect(await find('revert', fix)).toMatchObject([{ revertedBy: commits.get('revert') }]);
    const { commits: last } = await extendUpstream(join(dir, 'nova'), {
      branches: [
        {
          name: 'reverting',
          commits: [
            {
              message: `Revert "Revert"\n\nThis reverts commit ${commits.get('revert') ?? ''}.`,
              label: 'back',
              files: { other: 'y\n' },
            },
          ],
        },
      ],
    });
    commits = new Map([...commits, ...last]);
    expect((await find('back', fix))[0]).not.toHaveProperty('revertedBy');
  });
});
