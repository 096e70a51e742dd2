import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runGit as gitAtLarge } from '../../../sandbox/git.ts';
import { makeUpstream } from '../../../sandbox/upstreams.ts';
import { UserError, WorldError } from '../../core/model/failures.ts';
import { runGit } from './git.ts';
import { openImagesRepository } from './repository.ts';

const binary = Buffer.from([0, 255, 10, 13, 10]);
let dir = '';
let bare = '';

beforeAll(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'pinwheel-repository-')));
  bare = join(dir, 'images.git');
  await makeUpstream(bare, {
    branches: [
      {
        name: 'main',
        commits: [
          {
            message: 'One',
            files: {
              'README.md': 'not ours\n',
              'imagesque/x': 'not ours\n',
              '.github/pinwheel.yml': 'builds: bot\n',
              '.github/workflows/build.yaml': 'not ours\n',
              'images/nova/Dockerfile': 'FROM scratch\n',
              'images/nova/run': { mode: 'executable', content: '#!/bin/sh\n' },
              'images/nova/link': { mode: 'symlink', content: '../../../etc/passwd' },
              'patches/nova/2025.2/0001-ü "quoted"\t.patch': binary,
            },
          },
          { message: 'Two', files: { 'images/nova/Dockerfile': 'FROM ubuntu\r\n' } },
        ],
      },
    ],
    tags: [{ name: 'v1', target: 'main', message: 'one\n' }],
  });
});
afterAll(() => rm(dir, { recursive: true }));

function rejection(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
}

describe('the images repository as git', () => {
  it('gives the files of the catalog at a revision as bytes, with their modes', async () => {
    const { commit, files } = await openImagesRepository(bare).snapshotAt('main~1');
    expect(commit).toMatch(/^[0-9a-f]{40}$/);
    expect([...files].map(([path, file]) => [path, file.mode])).toEqual([
      ['.github/pinwheel.yml', 'file'],
      ['images/nova/Dockerfile', 'file'],
      ['images/nova/link', 'symlink'],
      ['images/nova/run', 'executable'],
      ['patches/nova/2025.2/0001-ü "quoted"\t.patch', 'file'],
    ]);
    expect(files.get('images/nova/link')?.bytes).toEqual(Buffer.from('../../../etc/passwd'));
    expect(files.get('patches/nova/2025.2/0001-ü "quoted"\t.patch')?.bytes).toEqual(binary);
  });

  it('resolves tags to their commit', async () => {
    const repository = openImagesRepository(bare);
    const [tag, branch] = [await repository.snapshotAt('v1'), await repository.snapshotAt('main')];
    expect(tag).toEqual(branch);
    expect(tag.files.get('images/nova/Dockerfile')?.bytes).toEqual(Buffer.from('FROM ubuntu\r\n'));
  });

  it.each([
    'gone',
    '',
    '--output=/tmp/x',
    '-1',
    'main..v1',
    'main:images',
    'main\n',
    'a b',
    'HEAD^9',
  ])('rejects the revision %j and says what was asked', async (revision) => {
    const error = await rejection(openImagesRepository(bare).snapshotAt(revision));
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ message: `${bare} has no revision ${JSON.stringify(revision)}` });
  });

  it.each(['nowhere', 'empty', 'images.git/refs'])(
    'says that %s is no repository',
    async (name) => {
      await mkdir(join(dir, 'empty'), { recursive: true });
      const error = await rejection(openImagesRepository(join(dir, name)).snapshotAt('HEAD'));
      expect(error).toBeInstanceOf(UserError);
      expect(error).toMatchObject({
        message: `${join(dir, name)} is not the root of a git repository`,
      });
    },
  );

  it('ignores a submodule', async () => {
    const copy = join(dir, 'with-submodule.git');
    await gitAtLarge(['clone', '-q', '--bare', bare, copy]);
    const line = `160000 commit ${'1'.repeat(40)}\tnova\n`;
    const images = (await runGit(copy, ['mktree', '--missing'], { input: line })).stdout;
    const root = `040000 tree ${images.toString().trim()}\timages\n`;
    const tree = (await runGit(copy, ['mktree'], { input: root })).stdout.toString().trim();
    const who = {
      GIT_AUTHOR_NAME: 'x',
      GIT_AUTHOR_EMAIL: 'x',
      GIT_COMMITTER_NAME: 'x',
      GIT_COMMITTER_EMAIL: 'x',
    };
    const { stdout } = await runGit(copy, ['commit-tree', tree], { variables: who });
    const commit = stdout.toString().trim();
    expect((await openImagesRepository(copy).snapshotAt(commit)).files.size).toBe(0);
  });

  it('never fetches what a partial clone lacks, and says so', async () => {
    const clone = join(dir, 'partial');
    const filter = ['--filter=blob:none', '--no-checkout'];
    await gitAtLarge(['clone', '-q', ...filter, `file://${bare}`, clone]);
    const error = await rejection(openImagesRepository(clone).snapshotAt('HEAD'));
    expect(error).toBeInstanceOf(WorldError);
    expect(error).toMatchObject({
      message: `${clone} is a partial clone that lacks files of "HEAD"`,
    });
    const all = await runGit(clone, ['cat-file', '--batch-check', '--batch-all-objects']);
    expect(all.stdout.toString()).not.toContain(' blob ');
  });
});
